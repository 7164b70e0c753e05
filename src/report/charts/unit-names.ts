import type { MetricUnit } from "../../experiment/metric.ts";

/** What stands behind the name of a metric in a title. */
export const unitNames: Readonly<Record<MetricUnit, string>> = {
  ms: " (ms)",
  share: " (%)",
  "per-second": " (per second)",
  count: "",
  number: "",
};
