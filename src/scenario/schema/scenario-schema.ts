import { z } from "zod";
import type { ReadFile } from "../files.ts";
import { changeSchema } from "./change.ts";
import { clientSchema } from "./client.ts";
import { describeValue } from "./describe-value.ts";
import { faultSchema } from "./fault.ts";
import { flaw, type Read } from "./flaw.ts";
import { duration, leaf, list, object, positiveDuration, readText } from "./leaf.ts";
import { linkSchema, proxySchema, serviceSchema } from "./world.ts";

/** The whole scenario file. `readFile` is asked for traces and empirical distributions. */
export function createScenarioSchema(readFile: ReadFile) {
  return object(scenarioShape(readFile));
}

/** A scenario that fits the schema, with units read and defaults filled in. */
export type ScenarioInput = z.output<ReturnType<typeof createScenarioSchema>>;

/** The keys of a scenario, for settings that add one. */
export const scenarioKeys = [
  "name",
  "seed",
  "duration",
  "warmup",
  "drain",
  "network",
  "proxies",
  "services",
  "clients",
  "faults",
  "changes",
  "expect",
] as const;

/** JSON Schema (draft 7) of scenario files, for editors. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = createScenarioSchema(() => "");
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return { $schema, title: "meshsim scenario", ...rest };
}

function scenarioShape(readFile: ReadFile) {
  return {
    name: readText("a name", readName).meta({
      description: "Name of the scenario; its results go to a folder of this name.",
    }),
    seed: seedSchema()
      .default("1")
      .meta({ description: "Number or text from which all chance derives; default 1." }),
    duration: positiveDuration().meta({
      description: "Time until which requests arrive, the warm-up included.",
    }),
    warmup: duration()
      .default(0)
      .meta({ description: "Time at the start that is left out of the statistics; default 0s." }),
    drain: duration()
      .default(60_000_000_000)
      .meta({ description: "How long after the duration what is in flight may take; default 60s." }),
    network: object({ links: list(linkSchema(readFile)).optional() })
      .default({})
      .meta({ description: "Links between stations: the first that fits counts; none: no latency." }),
    proxies: named(proxySchema(readFile)).default({}).meta({ description: "Envoy proxies by name." }),
    services: named(serviceSchema(readFile))
      .default({})
      .meta({ description: "Services by name: who answers." }),
    clients: named(clientSchema(readFile)).meta({ description: "Clients by name: who asks." }),
    faults: z.array(faultSchema(readFile)).default([]).meta({ description: "Timed changes of the world." }),
    changes: z
      .array(changeSchema(readFile))
      .default([])
      .meta({ description: "Timed changes that operators make to proxies." }),
    expect: expectSchema().meta({
      description: "What must hold in the base, such as `web.p99 < 250ms from 40s to 60s`.",
    }),
    variants: named(object({ set: z.record(z.string(), z.unknown()).default({}), expect: expectSchema() }))
      .default({})
      .meta({ description: "The same scenario with some settings replaced, by name." }),
  };
}

/** Expectations as text; they are read where the names are known. */
function expectSchema() {
  return z
    .array(readText("an expectation such as web.p99 < 250ms", (text) => ({ ok: true, value: text })))
    .default([]);
}

function seedSchema() {
  return leaf({ type: ["integer", "string"] }, (value): Read<string> => {
    if (typeof value === "string" && value !== "") return { ok: true, value };
    if (typeof value !== "number")
      return flaw("wrong-type", `${describeValue(value)}, but a number or a text is wanted`);
    if (Number.isSafeInteger(value)) return { ok: true, value: String(value) };
    return flaw("out-of-range", `${value} is not a whole number below 2^53`, {
      remedy: "write the seed in quotes",
    });
  });
}

/** A mapping from names to entries. */
function named<Entry extends z.core.SomeType>(entry: Entry) {
  return z.record(z.string(), entry).superRefine((entries, context) => {
    for (const name of Object.keys(entries)) {
      const read = readName(name);
      if (!read.ok) context.addIssue({ code: "custom", path: [name], params: { flaw: read, which: "key" } });
    }
  });
}

function readName(name: string): Read<string> {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)) return { ok: true, value: name };
  return flaw("bad-name", `"${name}" cannot be a name`, {
    remedy: "names have letters, digits, and _ - . after the first",
  });
}
