import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";

/** What active health checks count, under `cluster.NAME.health_check.`. */
export interface HealthCheckStats {
  readonly attempt: Counter;
  readonly success: Counter;
  readonly failure: Counter;
  readonly passiveFailure: Counter;
  readonly networkFailure: Counter;
  readonly verifyCluster: Counter;
  /** Checked hosts that do not fail their checks. */
  readonly healthy: Gauge;
  readonly degraded: Gauge;
}

export function healthCheckStats(stats: Stats, statPrefix: string): HealthCheckStats {
  const prefix = `${statPrefix}health_check.`;
  return {
    attempt: stats.counter(`${prefix}attempt`),
    success: stats.counter(`${prefix}success`),
    failure: stats.counter(`${prefix}failure`),
    passiveFailure: stats.counter(`${prefix}passive_failure`),
    networkFailure: stats.counter(`${prefix}network_failure`),
    verifyCluster: stats.counter(`${prefix}verify_cluster`),
    healthy: stats.gauge(`${prefix}healthy`),
    degraded: stats.gauge(`${prefix}degraded`),
  };
}
