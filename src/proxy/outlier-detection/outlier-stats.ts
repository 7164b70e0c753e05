import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";
import { type EjectionType, STAT_NAMES } from "./ejection-type.ts";

/** What outlier detection counts, under `cluster.NAME.outlier_detection.`. */
export interface OutlierStats {
  readonly active: Gauge;
  readonly overflow: Counter;
  readonly enforcedTotal: Counter;
  readonly detected: Readonly<Record<EjectionType, Counter>>;
  readonly enforced: Readonly<Record<EjectionType, Counter>>;
  readonly detectedDegradation: Counter;
  /** These three are deprecated, but Envoy still counts them. */
  readonly total: Counter;
  readonly consecutive5xx: Counter;
  readonly successRate: Counter;
}

export function outlierStats(stats: Stats, statPrefix: string): OutlierStats {
  const prefix = `${statPrefix}outlier_detection.`;
  const counter = (name: string): Counter => stats.counter(prefix + name);
  const byType = (kind: "detected" | "enforced"): Record<EjectionType, Counter> => {
    const entries = Object.entries(STAT_NAMES).map(([type, name]) => [
      type,
      counter(`ejections_${kind}_${name}`),
    ]);
    return Object.fromEntries(entries) as Record<EjectionType, Counter>;
  };
  return {
    active: stats.gauge(`${prefix}ejections_active`),
    overflow: counter("ejections_overflow"),
    enforcedTotal: counter("ejections_enforced_total"),
    detected: byType("detected"),
    enforced: byType("enforced"),
    detectedDegradation: counter("ejections_detected_degradation"),
    total: counter("ejections_total"),
    consecutive5xx: counter("ejections_consecutive_5xx"),
    successRate: counter("ejections_success_rate"),
  };
}
