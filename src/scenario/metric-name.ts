import { didYouMean } from "../decode/nearest.ts";
import type { MetricName } from "./expectation.ts";
import { flaw, type Read } from "./schema/flaw.ts";

export type NameKind = "client" | "service" | "proxy";

/** What a metric is measured in. */
export type MetricUnit = "time" | "share" | "rate" | "number";

const latencies = ["p50", "p90", "p95", "p99", "p999", "mean", "max"];

const clientUnits: ReadonlyMap<string, MetricUnit> = new Map<string, MetricUnit>([
  ["requests", "number"],
  ["rps", "rate"],
  ["success_rate", "share"],
  ["attempts", "number"],
  ["attempts_per_request", "number"],
  ...latencies.map((name) => [name, "time"] as const),
  ...latencies.map((name) => [`ok_${name}`, "time"] as const),
]);

const hostUnits: ReadonlyMap<string, MetricUnit> = new Map<string, MetricUnit>([
  ["requests", "number"],
  ["utilisation", "share"],
]);

const serviceUnits: ReadonlyMap<string, MetricUnit> = new Map<string, MetricUnit>([
  ...hostUnits,
  ["queue_mean", "number"],
]);

/** The unit of a metric that `parseMetric` has accepted. */
export function metricUnit(metric: MetricName, names: ReadonlyMap<string, NameKind>): MetricUnit {
  const kind = names.get(metric.of);
  const units = kind === "client" ? clientUnits : kind === "service" ? serviceUnits : undefined;
  return units?.get(metric.steps.at(-1)!) ?? "number";
}

/**
 * Splits and checks `NAME.METRIC` as far as the scenario tells: whether a host or a statistic exists shows only
 * with Envoy's configuration. Names may contain dots; the longest that exists is meant.
 */
export function parseMetric(text: string, names: ReadonlyMap<string, NameKind>): Read<MetricName> {
  const of = [...names.keys()]
    .filter((name) => text.startsWith(`${name}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (of === undefined) return unknownName(text, names);
  const rest = text.slice(of.length + 1);
  const steps = splitSteps(rest);
  const at = { start: of.length + 1, end: text.length };
  if (steps === undefined) return flaw("unknown-metric", `"${rest}" is not the name of a metric`, at);
  const found = complaint(names.get(of)!, of, steps);
  return found === undefined ? { ok: true, value: { of, steps } } : { ...found, ...at };
}

function unknownName(text: string, names: ReadonlyMap<string, NameKind>): Read<never> {
  const word = text.split(".")[0]!;
  const at = { start: 0, end: Math.max(1, word.length) };
  if (names.has(text))
    return flaw("unknown-metric", `"${text}" needs a metric after its name, such as ${text}.requests`, at);
  return flaw(
    "dangling-name",
    `there is no client, service or proxy "${word}"${didYouMean(word, names.keys())}`,
    {
      ...at,
      remedy: `there is ${[...names.keys()].join(", ")}`,
    },
  );
}

/** `hosts[10.0.0.1:8080].requests` to `hosts`, `10.0.0.1:8080`, `requests`. */
function splitSteps(text: string): string[] | undefined {
  const steps: string[] = [];
  let rest = `.${text}`;
  while (rest !== "") {
    const match = /^(?:\.([\w-]+)|\[((?:\[[^\]]*\]|[^\][])+)\])/.exec(rest);
    if (match === null) return undefined;
    steps.push(match[1] ?? match[2]!);
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function complaint(kind: NameKind, of: string, steps: readonly string[]) {
  if (kind === "client") return clientComplaint(of, steps);
  return kind === "service" ? serviceComplaint(of, steps) : proxyComplaint(of, steps);
}

function clientComplaint(of: string, steps: readonly string[]) {
  const [first = "", key] = steps;
  if (first === "flags") {
    if (steps.length === 2 && /^[A-Z]+$/.test(key!)) return undefined;
    return flaw("unknown-metric", `"${of}.flags" needs one of Envoy's response flags`, {
      remedy: `write it like ${of}.flags.UO`,
    });
  }
  if (first === "status") {
    if (steps.length === 2 && /^([1-5]\d\d|0|timeout|lost|rejected)$/.test(key!)) return undefined;
    return flaw(
      "unknown-metric",
      `"${of}.status" needs a status from 100 to 599, timeout, lost, rejected, or 0 (unfinished)`,
      {
        remedy: `write it like ${of}.status.503`,
      },
    );
  }
  return steps.length === 1 && clientUnits.has(first)
    ? undefined
    : unknown("client", of, steps, [...clientUnits.keys(), "flags", "status"]);
}

function serviceComplaint(of: string, steps: readonly string[]) {
  const [first = "", , metric = ""] = steps;
  if (first !== "hosts") {
    return steps.length === 1 && serviceUnits.has(first)
      ? undefined
      : unknown("service", of, steps, [...serviceUnits.keys(), "hosts"]);
  }
  if (steps.length === 3 && hostUnits.has(metric)) return undefined;
  if (steps.length === 3) return unknown("host", of, [metric], [...hostUnits.keys()]);
  return flaw(
    "unknown-metric",
    `"${of}.hosts" needs an address and one of ${[...hostUnits.keys()].join(", ")}`,
    {
      remedy: `write it like ${of}.hosts[10.0.0.1:8080].requests`,
    },
  );
}

function proxyComplaint(of: string, steps: readonly string[]) {
  if (steps[0] !== "stats") return unknown("proxy", of, steps, ["stats"]);
  if (steps.length === 2) return undefined;
  return flaw("unknown-metric", `"${of}.stats" needs the name of a statistic in brackets`, {
    remedy: `write it like ${of}.stats[cluster.NAME.upstream_rq_total]`,
  });
}

function unknown(kind: string, of: string, steps: readonly string[], known: readonly string[]) {
  const name = steps.join(".");
  return flaw(
    "unknown-metric",
    `a ${kind} such as "${of}" has no metric "${name}"${didYouMean(name, known)}`,
    {
      remedy: `a ${kind} has ${known.join(", ")}`,
    },
  );
}
