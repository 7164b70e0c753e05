import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";
import type { EjectionType } from "./ejection-type.ts";

/** What outlier detection counts, under `cluster.NAME.outlier_detection.`. */
export interface OutlierStats {
  readonly active: Gauge;
  readonly overflow: Counter;
  readonly enforcedTotal: Counter;
  readonly detected: Readonly<Record<EjectionType, Counter>>;
  readonly enforced: Readonly<Record<EjectionType, Counter>>;
  /** `ejections_total` and `ejections_consecutive_5xx` are deprecated, but Envoy still counts them. */
  readonly total: Counter;
  readonly consecutive5xx: Counter;
}

export function outlierStats(stats: Stats, statPrefix: string): OutlierStats {
  const prefix = `${statPrefix}outlier_detection.`;
  const counter = (name: string): Counter => stats.counter(prefix + name);
  const byType = (kind: "detected" | "enforced"): Record<EjectionType, Counter> => ({
    CONSECUTIVE_5XX: counter(`ejections_${kind}_consecutive_5xx`),
    CONSECUTIVE_GATEWAY_FAILURE: counter(`ejections_${kind}_consecutive_gateway_failure`),
    CONSECUTIVE_LOCAL_ORIGIN_FAILURE: counter(`ejections_${kind}_consecutive_local_origin_failure`),
  });
  return {
    active: stats.gauge(`${prefix}ejections_active`),
    overflow: counter("ejections_overflow"),
    enforcedTotal: counter("ejections_enforced_total"),
    detected: byType("detected"),
    enforced: byType("enforced"),
    total: counter("ejections_total"),
    consecutive5xx: counter("ejections_consecutive_5xx"),
  };
}
