import { formatDuration } from "../../decode/quantity.ts";
import { metricUnit, type MetricUnit as NamedUnit, type NameKind } from "../../scenario/metric-name.ts";
import { parseMetricInWindow } from "../../scenario/parse-expectation.ts";
import { knownStatistics } from "../../simulation/known-statistics.ts";
import type { WorldPlan } from "../../simulation/plan.ts";
import type { GroupedQuantity } from "../../statistics/two-groups.ts";
import { checkMetric, checkStatistic } from "../check-metric.ts";
import { metricWorld } from "../load-scenario.ts";
import type { MetricUnit } from "../metric.ts";
import type { StudiedMetric } from "../replicate/study.ts";

/** What is wrong with a metric that was asked for. */
export interface MetricFlaw {
  readonly message: string;
  readonly remedy: string;
}

function kindsOf(plan: WorldPlan): ReadonlyMap<string, NameKind> {
  return new Map<string, NameKind>([
    ...plan.clients.map(({ name }) => [name, "client"] as const),
    ...plan.services.map(({ name }) => [name, "service"] as const),
    ...plan.proxies.map(({ name }) => [name, "proxy"] as const),
  ]);
}

/** Reads one metric, such as `web.p99` or `web.p99 from 40s to 60s`, and checks that the world has it. */
export function readMetric(text: string, plan: WorldPlan): StudiedMetric | MetricFlaw {
  const read = parseMetricInWindow(text, kindsOf(plan));
  if (!read.ok) return { message: read.message, remedy: read.remedy ?? "" };
  const { metric, window } = read.value;
  const flaw = checkMetric(metric, metricWorld(plan), window !== undefined);
  return flaw ?? { text: text.trim(), metric, ...(window && { window }) };
}

/**
 * A metric that the user has asked for: `readMetric`, and a proxy's statistic may not be misspelt, nor a window begin after the
 * end of the run.
 */
export function readAskedMetric(text: string, plan: WorldPlan): StudiedMetric | MetricFlaw {
  const read = readMetric(text, plan);
  if (!("text" in read)) return read;
  const { duration } = plan.scenario;
  if (read.window !== undefined && read.window.from >= duration) {
    const end = formatDuration(duration);
    return {
      message: `the run is over at ${end}, so no request can be in this window`,
      remedy: `choose a window before ${end}`,
    };
  }
  if (read.metric.steps[0] !== "stats") return read;
  const flaw = checkStatistic(read.metric, knownStatistics(plan).get(read.metric.of)!);
  return flaw?.severity === "error" ? { message: flaw.message, remedy: flaw.remedy } : read;
}

const clientMetrics = ["success_rate", "mean", "p50", "p99", "p999", "attempts_per_request"];

/** Of each cluster; those that are 0 in every run are not shown. */
const clusterStats = [
  "upstream_rq_pending_overflow",
  "upstream_rq_retry",
  "upstream_rq_retry_overflow",
  "outlier_detection.ejections_enforced_total",
  "outlier_detection.ejections_overflow",
  "lb_healthy_panic",
];

/** What a comparison shows unless told otherwise. */
export function defaultMetrics(plan: WorldPlan): StudiedMetric[] {
  const metric = (of: string, ...steps: string[]) => ({ of, steps });
  const specs = plan.scenario.services;
  return [
    ...plan.clients.flatMap(({ name }) =>
      clientMetrics.map((step) => ({ text: `${name}.${step}`, metric: metric(name, step) })),
    ),
    ...specs
      .filter(({ workers }) => workers !== Number.POSITIVE_INFINITY)
      .map(({ name }) => ({ text: `${name}.utilisation`, metric: metric(name, "utilisation") })),
    ...plan.proxies.flatMap(({ name, config }) =>
      config.clusters.flatMap(({ statName }) =>
        clusterStats.map((stat) => ({
          text: `${name}.stats[cluster.${statName}.${stat}]`,
          metric: metric(name, "stats", `cluster.${statName}.${stat}`),
        })),
      ),
    ),
  ];
}

/** Whether it must become precise where no metrics were named: what people decide by. */
export function isDecisive({ metric }: StudiedMetric): boolean {
  return metric.steps.length === 1 && ["success_rate", "mean", "p99"].includes(metric.steps[0]!);
}

const units: Readonly<Record<NamedUnit, MetricUnit>> = {
  time: "ms",
  share: "share",
  rate: "per-second",
  number: "number",
};

/** What a mean of this metric counts; a mean of counts is no count. */
export function unitOf({ metric }: StudiedMetric, plan: WorldPlan): MetricUnit {
  return units[metricUnit(metric, kindsOf(plan))];
}

export function quantityOf({ metric }: StudiedMetric, unit: MetricUnit): GroupedQuantity {
  if (unit === "share") return "share";
  const isRatio = ["queue_mean", "attempts_per_request"].includes(metric.steps.at(-1)!);
  return unit === "number" && !isRatio ? "count" : "amount";
}
