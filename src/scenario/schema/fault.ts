import { z } from "zod";
import { parseShare } from "../../decode/quantity.ts";
import { isSocketAddress } from "../address.ts";
import type { ReadFile } from "../files.ts";
import type { HostChoice } from "../scenario.ts";
import { describeValue } from "./describe-value.ts";
import { distributionSchema } from "./distribution.ts";
import { flaw, type Read } from "./flaw.ts";
import { duration, leaf, list, number, object, positiveDuration, readText, share, text } from "./leaf.ts";
import { errorsSchema, selectorSchema } from "./world.ts";

export const faultTargets = ["service", "link", "proxy", "zone", "controlplane"] as const;
const networkEffects = ["latency", "add_latency", "loss", "cut"] as const;
const hostEffects = ["slow", "time", "errors", "down", "hang", "pause", "reset"] as const;
const proxyEffects = ["pressure"] as const;
/** In the order in which a fault without a name is named after them. */
export const faultEffects = [...hostEffects, ...networkEffects, ...proxyEffects] as const;

export function faultSchema(readFile: ReadFile) {
  const fault = object({
    name: text("a name").optional(),
    at: duration(),
    for: positiveDuration().optional(),
    service: text("the name of a service").optional(),
    hosts: hostsSchema().optional(),
    link: z
      .union([
        object({ from: selectorSchema().optional(), to: selectorSchema().optional() }),
        z.literal(true),
      ])
      .optional(),
    from: selectorSchema().optional(),
    to: selectorSchema().optional(),
    proxy: text("the name of a proxy").optional(),
    zone: text("the name of a zone").optional(),
    controlplane: z.unknown().optional(),
    slow: number(0, false).optional(),
    time: distributionSchema(readFile).optional(),
    errors: errorsSchema().optional(),
    down: z.boolean().optional(),
    hang: z.boolean().optional(),
    pause: z.boolean().optional(),
    reset: share().optional(),
    latency: distributionSchema(readFile).optional(),
    add_latency: distributionSchema(readFile).optional(),
    loss: share().optional(),
    cut: z.boolean().optional(),
    oneway: z.boolean().optional(),
    pressure: pressureSchema().optional(),
  });
  return fault.superRefine((value, context) => {
    for (const { at, problem } of checkFault(value)) {
      context.addIssue({ code: "custom", path: at, params: { flaw: problem, which: "key" } });
    }
  });
}

type FaultKeys = Readonly<Record<string, unknown>>;

function checkFault(fault: FaultKeys) {
  const has = (key: string) => fault[key] !== undefined;
  const problems: { at: string[]; problem: ReturnType<typeof flaw> }[] = [];
  const add = (at: string[], code: string, message: string, remedy = "") =>
    problems.push({ at, problem: flaw(code, message, { remedy }) });

  const [target, second] = targetsOf(fault);
  const effects = faultEffects.filter(has);
  if (target === undefined) {
    add([], "missing-key", "it is not said what the fault hits", `give one of ${faultTargets.join(", ")}`);
  } else if (second !== undefined) {
    add(
      [second.key],
      "contradiction",
      `"${second.key}" contradicts "${target.key}": a fault hits one thing`,
      "write two faults",
    );
  }
  if (effects.length === 0 && target?.kind !== "controlplane") {
    add(
      [],
      "missing-key",
      "it is not said what the fault does",
      `give at least one of ${faultEffects.join(", ")}`,
    );
  }
  if (has("hosts") && !has("service")) {
    add(
      ["hosts"],
      "contradiction",
      "hosts are chosen among those of a service, and none is named",
      "add service: NAME",
    );
  }
  if (has("oneway") && !has("cut")) {
    add(
      ["oneway"],
      "contradiction",
      "oneway says how a cut is meant, and there is no cut here",
      "add cut: true",
    );
  }
  for (const effect of effects) {
    const reason = target === undefined ? undefined : misfit(target.kind, effect);
    if (reason !== undefined) add([effect], "contradiction", `"${effect}" cannot be done to ${reason}`);
  }
  return problems;
}

/** What is hit, by its kind and the key that says so; `from` or `to` alone means links. */
function targetsOf(fault: FaultKeys): { kind: string; key: string }[] {
  const named = faultTargets
    .filter((key) => fault[key] !== undefined)
    .map((key) => ({ kind: key as string, key: key as string }));
  const ends = ["from", "to"].find((key) => fault[key] !== undefined);
  if (ends === undefined || named.some(({ kind }) => kind === "link")) return named;
  return [...named, { kind: "link", key: ends }];
}

/** By the names of the proxy's resource monitors. */
function pressureSchema() {
  return z
    .record(z.string(), share())
    .transform((record): ReadonlyMap<string, number> => new Map(Object.entries(record)));
}

function misfit(target: string, effect: string): string | undefined {
  if (effect === "pressure" && target !== "proxy")
    return `a ${target}; pressure is on the resources of a proxy`;
  const onHosts = (hostEffects as readonly string[]).includes(effect);
  if (target === "link" && onHosts) return `a link; links have ${networkEffects.join(", ")}`;
  if (target === "proxy" && (effect === "time" || effect === "errors"))
    return "a proxy, which serves nothing itself";
  return undefined;
}

function hostsSchema() {
  const address = readText("an address such as 10.0.0.3:8080", readSocketAddress);
  return z.union([
    leaf(
      {
        anyOf: [
          { type: "integer", minimum: 1 },
          { type: "string", pattern: "%$" },
        ],
      },
      readHostCount,
    ),
    list(address).transform((addresses): HostChoice => ({ kind: "addresses", addresses })),
  ]);
}

function readSocketAddress(address: string): Read<string> {
  if (isSocketAddress(address)) return { ok: true, value: address };
  return flaw("bad-address", `"${address}" is not the address of a host`, {
    remedy: "write IP and port, such as 10.0.0.3:8080",
  });
}

function readHostCount(value: unknown): Read<HostChoice> {
  if (typeof value === "number") {
    if (Number.isInteger(value) && value >= 1) return { ok: true, value: { kind: "first", count: value } };
    return flaw("out-of-range", `${value} is out of range; a number of hosts is a whole number, at least 1`);
  }
  if (typeof value !== "string") {
    return flaw(
      "wrong-type",
      `${describeValue(value as null)}, but hosts are wanted: a number, a share such as 20%, or a list of addresses`,
    );
  }
  const parsed = parseShare(value);
  if (!parsed.ok)
    return isSocketAddress(value)
      ? flaw("wrong-type", `"${value}" is one address; write it as a list: ["${value}"]`)
      : parsed;
  if (parsed.value > 0) return { ok: true, value: { kind: "share", share: parsed.value } };
  return flaw("out-of-range", `"${value}" is out of range; it must be more than 0%`);
}
