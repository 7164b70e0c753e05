import { z } from "zod";
import type { ReadFile } from "../files.ts";
import type { RateStep } from "../scenario.ts";
import { readTrace } from "../trace.ts";
import { distributionSchema } from "./distribution.ts";
import { flaw } from "./flaw.ts";
import { count, duration, list, object, positiveRate, rate, readText } from "./leaf.ts";
import { oneOf } from "./one-of.ts";

/** The ways in which requests arrive; `ramp` belongs to schedule. */
export const arrivalKinds = ["constant", "poisson", "schedule", "closed", "trace"] as const;

export function arrivalsSchema(readFile: ReadFile) {
  const think = distributionSchema(readFile).default({ kind: "constant", value: 0 });
  const arrivals = object({
    constant: positiveRate().optional(),
    poisson: positiveRate().optional(),
    schedule: schedule().optional(),
    ramp: z.boolean().optional(),
    closed: object({ users: count(1), think }).optional(),
    trace: readText("a file's path", (path) => readTrace(readFile, path)).optional(),
  });
  return oneOf(arrivals, arrivalKinds, "how requests arrive").superRefine((value, context) => {
    if (value.ramp === undefined || value.schedule !== undefined) return;
    const found = flaw("contradiction", "ramp says how a schedule goes on, and there is no schedule here");
    context.addIssue({ code: "custom", path: ["ramp"], params: { flaw: found, which: "key" } });
  });
}

function schedule() {
  return list(object({ at: duration(), rate: rate() })).superRefine((steps, context) => {
    steps.forEach((step, index) => {
      const problem = checkStep(steps[index - 1], step);
      if (problem === undefined) return;
      context.addIssue({ code: "custom", path: [index, "at"], params: { flaw: problem } });
    });
    if (steps.length === 0 || steps.some((step) => step.rate > 0)) return;
    const found = flaw("out-of-range", "every rate of the schedule is 0, so nothing would ever arrive");
    context.addIssue({ code: "custom", params: { flaw: found } });
  });
}

function checkStep(before: RateStep | undefined, step: RateStep) {
  if (before === undefined || before.at < step.at) return undefined;
  return flaw("out-of-range", "this step does not come after the one before it", {
    remedy: "order the steps by their time",
  });
}
