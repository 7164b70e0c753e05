import type { MetricName, Window } from "../scenario/expectation.ts";
import type {
  ClientResult,
  LatencyFigures,
  ProxyResult,
  RunResult,
  ServiceResult,
} from "../simulation/result.ts";

/** What a metric's number counts; a share goes from 0 to 1. */
export type MetricUnit = "count" | "share" | "ms" | "per-second" | "number";

export interface MetricValue {
  /** Null where there is no data, such as a quantile of no requests. */
  readonly value: number | null;
  readonly unit: MetricUnit;
}

export const latencyFigures = ["mean", "p50", "p90", "p95", "p99", "p999", "max"] as const;

/**
 * The value of a metric in a result. Names were checked when the scenario was loaded (see
 * check-metric.ts), so an unknown one is a defect of meshsim and throws.
 */
export function findMetric(result: RunResult, metric: MetricName, window?: Window): MetricValue {
  const named = ({ name }: { readonly name: string }) => name === metric.of;
  const client = clientsOf(result, window).find(named);
  if (client) return clientMetric(client, metric);
  if (window === undefined) {
    const service = result.services.find(named);
    if (service) return serviceMetric(service, metric);
    const proxy = result.proxies.find(named);
    if (proxy) return proxyMetric(proxy, metric);
  }
  return unknown(metric);
}

function clientsOf(result: RunResult, window: Window | undefined): readonly ClientResult[] {
  if (window === undefined) return result.clients;
  const found = result.windows.find(({ from, to }) => from === window.from && to === window.to);
  return found?.clients ?? [];
}

function clientMetric(client: ClientResult, metric: MetricName): MetricValue {
  const [first = "", second, ...more] = metric.steps;
  if (second !== undefined) {
    if (more.length > 0) return unknown(metric);
    if (first === "status") return count(countOf(client.status, second));
    if (first === "flags") return count(countOf(client.flags, second));
    return unknown(metric);
  }
  switch (first) {
    case "requests":
      return count(client.requests);
    case "attempts":
      return count(client.attempts);
    case "attempts_per_request":
      return { value: client.requests === 0 ? null : client.attempts / client.requests, unit: "number" };
    case "rps":
      return { value: client.rps, unit: "per-second" };
    case "success_rate":
      return { value: client.successRate, unit: "share" };
  }
  const figure = latencyFigure(first);
  if (figure === undefined) return unknown(metric);
  const latency = first.startsWith("ok_") ? client.latencyOkMs : client.latencyMs;
  return { value: latency === null ? null : latency[figure], unit: "ms" };
}

/** The figure that `p99`, `ok_p99`, `mean` and the like name. */
export function latencyFigure(step: string): keyof LatencyFigures | undefined {
  const name = step.startsWith("ok_") ? step.slice("ok_".length) : step;
  return latencyFigures.find((figure) => figure === name);
}

function serviceMetric(service: ServiceResult, metric: MetricName): MetricValue {
  const { steps } = metric;
  if (steps[0] === "hosts" && steps.length === 3) {
    const host = service.hosts.find(({ address }) => address === steps[1]);
    if (host && steps[2] === "requests") return count(host.requests);
    if (host && steps[2] === "utilisation") return { value: host.utilisation, unit: "share" };
  }
  if (steps.length !== 1) return unknown(metric);
  switch (steps[0]) {
    case "requests":
      return count(service.requests);
    case "utilisation":
      return { value: service.utilisation, unit: "share" };
    case "queue_mean":
      return { value: service.queueMean, unit: "number" };
  }
  return unknown(metric);
}

function proxyMetric(proxy: ProxyResult, metric: MetricName): MetricValue {
  const [first, stat, ...more] = metric.steps;
  if (first !== "stats" || stat === undefined || more.length > 0) return unknown(metric);
  return count(countOf(proxy.stats, stat));
}

/** What never occurred was not recorded: it is 0. */
function countOf(entries: readonly (readonly [string, number])[], key: string): number {
  return entries.find(([name]) => name === key)?.[1] ?? 0;
}

function count(value: number): MetricValue {
  return { value, unit: "count" };
}

function unknown(metric: MetricName): never {
  throw new Error(`metric ${[metric.of, ...metric.steps].join(".")} is not in the result`);
}
