import type { LoadReport } from "../../cluster/load-report.ts";

/** Fields of a load report that are single numbers. */
const NUMBERS = [
  "cpu_utilization",
  "mem_utilization",
  "application_utilization",
  "eps",
  "rps_fractional",
] as const;
/** Fields that are maps of numbers; `FIELD.KEY` names one of them, `FIELD.*` the greatest. */
const MAPS = ["named_metrics", "utilization", "request_cost"] as const;

/**
 * How busy a host says it is: the greatest of the metrics named, otherwise the application's, otherwise the
 * processor's (Envoy 1.40, .../common/orca_weight_manager.cc and source/common/orca/orca_load_metrics.cc).
 */
export function utilizationOf(report: LoadReport, metricNames: readonly string[]): number {
  const greatest = metricNames.reduce((most, name) => Math.max(most, metricOf(report, name)), 0);
  if (greatest > 0) return greatest;
  const application = report.application_utilization ?? 0;
  return application > 0 ? application : (report.cpu_utilization ?? 0);
}

function metricOf(report: LoadReport, name: string): number {
  const number = NUMBERS.find((field) => field === name);
  if (number !== undefined) return report[number] ?? 0;
  const map = MAPS.find((field) => name.startsWith(`${field}.`));
  if (map === undefined) return 0;
  const values = report[map] ?? {};
  const key = name.slice(map.length + 1);
  if (key === "*") return Object.values(values).reduce((most, value) => Math.max(most, value), 0);
  return Object.hasOwn(values, key) ? values[key]! : 0;
}
