import { latencyFigures, type MetricUnit } from "../../experiment/metric.ts";
import type { ClientResult, ProxyResult, RunResult, ServiceResult } from "../../simulation/result.ts";
import { round } from "../figures.ts";

/** A figure of a run by the name of its metric, as in expectations; counts exact, others with six digits. */
export type Figure = readonly [name: string, value: number | null];

/** Endings of statistics that tell of trouble, or of what was done about it; what is 0 is left out. */
const TELLING_STATS = [
  "upstream_rq_total",
  "upstream_rq_retry",
  "upstream_rq_retry_overflow",
  "upstream_rq_pending_overflow",
  "upstream_rq_timeout",
  "upstream_rq_per_try_timeout",
  "upstream_cx_total",
  "upstream_cx_overflow",
  "upstream_cx_connect_fail",
  "upstream_cx_connect_timeout",
  "upstream_cx_pool_overflow",
  "lb_healthy_panic",
  "outlier_detection.ejections_enforced_total",
  "outlier_detection.ejections_overflow",
  "health_check.failure",
];

/** What a golden summary keeps of a result, in the order of the scenario. */
export function goldenFigures(result: RunResult): Figure[] {
  return [
    ...result.clients.flatMap(clientFigures),
    ...result.services.flatMap(serviceFigures),
    ...result.proxies.flatMap(proxyFigures),
  ];
}

function clientFigures(client: ClientResult): Figure[] {
  const { name, latencyMs, status, flags } = client;
  const latency = latencyFigures.map(
    (figure): Figure => [`${name}.${figure}`, latencyMs === null ? null : round(latencyMs[figure])],
  );
  return [
    [`${name}.requests`, client.requests],
    [`${name}.success_rate`, client.successRate === null ? null : round(client.successRate)],
    ...latency,
    [`${name}.attempts`, client.attempts],
    ...status.map(([key, count]): Figure => [`${name}.status.${key}`, count]),
    ...flags.map(([flag, count]): Figure => [`${name}.flags.${flag}`, count]),
  ];
}

function serviceFigures({ name, requests, utilisation }: ServiceResult): Figure[] {
  const busy: Figure[] = utilisation === null ? [] : [[`${name}.utilisation`, round(utilisation)]];
  return [[`${name}.requests`, requests], ...busy];
}

function proxyFigures({ name, stats }: ProxyResult): Figure[] {
  return stats
    .filter(([stat]) => TELLING_STATS.some((ending) => stat.endsWith(`.${ending}`)))
    .map(([stat, value]) => [`${name}.stats[${stat}]`, value]);
}

/** What a figure of this name counts. */
export function unitOfFigure(name: string): MetricUnit {
  const step = /\.(p\d+|mean|max|success_rate|utilisation)$/.exec(name)?.[1];
  if (step === undefined) return "count";
  return step === "success_rate" || step === "utilisation" ? "share" : "ms";
}

const ranks = [
  /\.success_rate$/,
  /\.p99$/,
  /overflow\]$/,
  /\.flags\./,
  /\.status\./,
  /\.p999$|\.mean$/,
  /\]$/,
];

/** Where a figure stands among those that differ: what people look at first has the least. */
export function rankOfFigure(name: string): number {
  const rank = ranks.findIndex((pattern) => pattern.test(name));
  return rank === -1 ? ranks.length : rank;
}
