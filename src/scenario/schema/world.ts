import { z } from "zod";
import { parseBandwidth } from "../../decode/quantity.ts";
import { MILLISECOND, SECOND } from "../../kernel/time.ts";
import { isIp } from "../address.ts";
import type { ReadFile } from "../files.ts";
import { parseSelector } from "../parse-selector.ts";
import type { ErrorShares } from "../scenario.ts";
import { callsSchema } from "./calls.ts";
import { describeValue } from "./describe-value.ts";
import { distributionSchema } from "./distribution.ts";
import { flaw, type Read } from "./flaw.ts";
import {
  bytes,
  count,
  duration,
  leaf,
  list,
  object,
  positiveDuration,
  readText,
  share,
  text,
} from "./leaf.ts";
import { policiesSchema } from "./policies.ts";
import { rateLimitsSchema } from "./rate-limits.ts";

/** One zone, or a list that is dealt in turn. */
export function zonesSchema() {
  const one = text("the name of a zone");
  return z.union([one.transform((zone) => [zone]), list(one)]).default([]);
}

export function selectorSchema() {
  return readText("a selector such as zone:a or *", parseSelector);
}

export function linkSchema(readFile: ReadFile) {
  return object({
    from: selectorSchema().default({ kind: "any" }),
    to: selectorSchema().default({ kind: "any" }),
    latency: distributionSchema(readFile).default({ kind: "constant", value: 0 }),
    loss: share().default(0),
    bandwidth: bandwidth().optional(),
  });
}

function bandwidth() {
  const keywords = { type: "string", pattern: "^\\d+(\\.\\d*)?(B|KiB|MiB|GiB)(/s)?$", examples: ["10MiB/s"] };
  return leaf(keywords, (value): Read<number> => {
    if (typeof value !== "string" && typeof value !== "number") {
      return flaw("wrong-type", `${describeValue(value)}, but a bandwidth is wanted, such as 10MiB/s`);
    }
    const parsed = parseBandwidth(value);
    if (!parsed.ok || parsed.value > 0) return parsed;
    return flaw("out-of-range", `${JSON.stringify(value)} must be more than 0; leave it out for no limit`);
  });
}

/** Of the kernels of most distributions, which have 250 ticks a second. */
const USUAL_TIMER_TICK = 4 * MILLISECOND;
/** Envoy's `--drain-time-s`. */
const USUAL_DRAIN_TIME = 600 * SECOND;

export function proxySchema(readFile: ReadFile) {
  return object({
    config: text("the path of an Envoy bootstrap"),
    replicas: count(1).default(1),
    concurrency: count(1).default(1),
    address: readText("an address such as 10.1.0.1", readIp).optional(),
    zone: zonesSchema(),
    overhead: distributionSchema(readFile).default({ kind: "constant", value: 0 }),
    handshake: distributionSchema(readFile).default({ kind: "constant", value: 0 }),
    timer_tick: duration().default(USUAL_TIMER_TICK),
    drain_time: wholeSeconds().default(USUAL_DRAIN_TIME),
    drain_strategy: z.enum(["gradual", "immediate"]).default("gradual"),
    beside: text("the name of a service").optional(),
    policies: policiesSchema(),
  });
}

/** A time as Envoy's command line takes it. */
function wholeSeconds() {
  return duration().superRefine((time, context) => {
    if (time % SECOND === 0) return;
    const found = flaw("out-of-range", "Envoy takes whole seconds here", { remedy: "write it like 30s" });
    context.addIssue({ code: "custom", params: { flaw: found } });
  });
}

export function readIp(address: string): Read<string> {
  if (isIp(address)) return { ok: true, value: address };
  const port = /^(.*):\d+$/.exec(address);
  const remedy =
    port !== null && isIp(port[1]!)
      ? "leave out the port; listeners have their own"
      : "write it like 10.1.0.1";
  return flaw("bad-address", `"${address}" is not an IP address`, { remedy });
}

export function serviceSchema(readFile: ReadFile) {
  return object({
    cluster: text("the name of an Envoy cluster").optional(),
    dns: text("a DNS name").optional(),
    replicas: count(1).optional(),
    port: count(1, 65535).default(8080),
    zone: zonesSchema(),
    workers: count(1).optional(),
    queue: count(0).optional(),
    time: distributionSchema(readFile).default({ kind: "constant", value: 1_000_000 }),
    errors: errorsSchema().default([]),
    body: bytes().default(1024),
    drop_abandoned: z.boolean().default(false),
    load_report: z.boolean().default(false),
    idle_timeout: positiveDuration().optional(),
    rate_limits: rateLimitsSchema().optional(),
    calls: callsSchema().optional(),
  }).superRefine((value, context) => {
    if (!value.load_report || value.workers !== undefined) return;
    const found = flaw(
      "contradiction",
      "load_report says how busy the workers are, and their number is not limited",
      {
        remedy: "say how many there are, such as workers: 8",
      },
    );
    context.addIssue({ code: "custom", path: ["load_report"], params: { flaw: found } });
  });
}

/** Shares of answers by status, ascending, so that their order in the file changes nothing. */
export function errorsSchema() {
  return z.record(z.string(), share()).transform((record, context): ErrorShares => {
    const shares = Object.entries(record).map(([status, part]) => ({ status: Number(status), share: part }));
    for (const key of Object.keys(record)) {
      if (/^[2-5]\d\d$/.test(key)) continue;
      const found = flaw("out-of-range", `"${key}" is not a status from 200 to 599`);
      context.addIssue({ code: "custom", path: [key], params: { flaw: found, which: "key" } });
    }
    // Shares such as 33.4% are not exact in binary, so the sum may exceed 1 by a hair.
    if (shares.reduce((sum, each) => sum + each.share, 0) > 1 + 1e-9) {
      context.addIssue({
        code: "custom",
        params: { flaw: flaw("out-of-range", "the shares add up to more than 100%") },
      });
    }
    return shares.sort((a, b) => a.status - b.status);
  });
}
