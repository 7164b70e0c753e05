import { didYouMean, nearest } from "../decode/nearest.ts";
import { responseFlagNames } from "../http/response-flags.ts";
import type { MetricName } from "../scenario/expectation.ts";
import type { KnownStatistics } from "../simulation/known-statistics.ts";
import { latencyFigure, latencyFigures } from "./metric.ts";

/** What of a world decides which metrics there are. Lists are in the order of messages. */
export interface MetricWorld {
  readonly clients: readonly string[];
  /** Addresses of its hosts, by name of the service. */
  readonly services: ReadonlyMap<string, readonly string[]>;
  /** Names of its clusters, by name of the proxy. */
  readonly proxies: ReadonlyMap<string, readonly string[]>;
}

/** What is wrong with a metric's name, and what to write instead (empty where nothing is near). */
export interface MetricProblem {
  readonly message: string;
  readonly remedy: string;
}

const clientMetrics: readonly string[] = [
  "requests",
  "rps",
  "success_rate",
  "attempts",
  "attempts_per_request",
  ...latencyFigures,
  ...latencyFigures.map((figure) => `ok_${figure}`),
];
const serviceMetrics: readonly string[] = ["requests", "utilisation", "queue_mean"];
const hostMetrics: readonly string[] = ["requests", "utilisation"];

/**
 * Says what is wrong with a metric's name, undefined if nothing is: an expectation on something that does
 * not exist must never pass. `windowed`: whether the expectation has a window, which only clients' metrics can.
 */
export function checkMetric(
  metric: MetricName,
  world: MetricWorld,
  windowed = false,
): MetricProblem | undefined {
  const { of, steps } = metric;
  if (world.clients.includes(of)) return checkClientMetric(steps);
  const hosts = world.services.get(of);
  const clusters = world.proxies.get(of);
  if (hosts === undefined && clusters === undefined) {
    const names = [...world.clients, ...world.services.keys(), ...world.proxies.keys()];
    return unknown("client, service or proxy", of, names);
  }
  if (windowed) {
    return {
      message: `"${of}" is not a client: only clients' metrics can have a window`,
      remedy: "leave out `from ... to ...`",
    };
  }
  return hosts ? checkServiceMetric(steps, hosts) : checkProxyMetric(steps, clusters ?? []);
}

function checkClientMetric(steps: readonly string[]): MetricProblem | undefined {
  const [first = "", key] = steps;
  if (first === "status" || first === "flags") {
    if (steps.length !== 2) return incomplete(first, first === "status" ? "status.503" : "flags.UO");
    return first === "status" ? checkStatus(key!) : checkFlag(key!);
  }
  if (steps.length === 1 && (clientMetrics.includes(first) || latencyFigure(first))) return undefined;
  return unknown("metric of a client", steps.join("."), [...clientMetrics, "status", "flags"]);
}

function checkStatus(key: string): MetricProblem | undefined {
  if (/^[1-5]\d\d$/.test(key) || ["0", "timeout", "lost", "rejected"].includes(key)) return undefined;
  return {
    message: `unknown status "${key}"`,
    remedy:
      "a status is a number from 100 to 599, `timeout`, `lost`, `rejected`, or `0` for what was unfinished",
  };
}

function checkFlag(key: string): MetricProblem | undefined {
  return responseFlagNames.some((name) => name === key)
    ? undefined
    : unknown("response flag", key, responseFlagNames);
}

function checkServiceMetric(steps: readonly string[], hosts: readonly string[]): MetricProblem | undefined {
  const [first = "", address, metric] = steps;
  if (first !== "hosts") {
    if (steps.length === 1 && serviceMetrics.includes(first)) return undefined;
    return unknown("metric of a service", steps.join("."), [...serviceMetrics, "hosts"]);
  }
  if (address === undefined || metric === undefined) return incomplete(first, "hosts[ADDRESS].requests");
  if (!hosts.includes(address)) return unknown("host", address, hosts);
  const name = steps.slice(2).join(".");
  return hostMetrics.includes(name) ? undefined : unknown("metric of a host", name, hostMetrics);
}

/** More edits than this make another statistic, of which there are many alike. */
const MOST_TYPING_ERRORS = 2;

/**
 * Says what is wrong with the name of a proxy's statistic. One that is nearly that of another is taken for misspelt; others
 * that the proxy never counts are 0 in each run, as those of a feature are that is not configured, which is a warning.
 */
export function checkStatistic(
  { of, steps }: MetricName,
  { names, isMadeLater }: KnownStatistics,
): (MetricProblem & { readonly severity: "error" | "warning" }) | undefined {
  const stat = steps[1] ?? "";
  if (names.has(stat) || isMadeLater(stat)) return undefined;
  const meant = nearest(stat, names, MOST_TYPING_ERRORS);
  if (meant !== undefined) {
    const message = `"${of}" has no statistic "${stat}" (did you mean "${meant}"?)`;
    return { severity: "error", message, remedy: `write stats[${meant}]` };
  }
  const family = familyOf(stat);
  const families = [...new Set([...names].map(familyOf))];
  if (!families.includes(family)) {
    return { severity: "error", ...unknown(`family of statistics of "${of}"`, family, families.sort()) };
  }
  return {
    severity: "warning",
    message: `"${of}", as it is configured, never counts "${stat}": it is always 0`,
    remedy: "`meshsim run FILE --json` prints the statistics that are not 0",
  };
}

/** `http.ingress` of `http.ingress.downstream_rq_total`: what it is about. Names of clusters may have dots of their own. */
function familyOf(stat: string): string {
  const steps = stat.split(".");
  return steps.slice(0, steps[0] === "cluster" || steps.length < 3 ? 1 : 2).join(".");
}

/** Which statistics there are is checked apart (checkStatistic), but the cluster that a name starts with is known. */
function checkProxyMetric(steps: readonly string[], clusters: readonly string[]): MetricProblem | undefined {
  const [first = "", stat] = steps;
  if (first !== "stats") return unknown("metric of a proxy", steps.join("."), ["stats"]);
  if (stat === undefined || steps.length !== 2)
    return incomplete(first, "stats[cluster.NAME.upstream_rq_total]");
  if (!stat.startsWith("cluster.") || clusters.some((name) => stat.startsWith(`cluster.${name}.`))) {
    return undefined;
  }
  const cluster = stat.split(".")[1] ?? "";
  return unknown("cluster", cluster, clusters);
}

function incomplete(step: string, example: string): MetricProblem {
  return { message: `"${step}" needs to say which`, remedy: `write it like \`${example}\`` };
}

function unknown(kind: string, name: string, known: readonly string[]): MetricProblem {
  const listed = known.length > 12 ? `${known.slice(0, 12).join(", ")}, ...` : known.join(", ");
  return {
    message: `unknown ${kind} "${name}"${didYouMean(name, known)}`,
    remedy: known.length === 0 ? "there is none" : `known: ${listed}`,
  };
}
