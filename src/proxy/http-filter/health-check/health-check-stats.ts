import type { Counter, Stats } from "../../../telemetry/stats.ts";

/** Envoy's statistics `http.STAT_PREFIX.health_check.*`. */
export class HealthCheckStats {
  readonly requestTotal: Counter;
  readonly ok: Counter;
  readonly failed: Counter;
  readonly cachedResponse: Counter;
  readonly failedClusterNotFound: Counter;
  readonly failedClusterEmpty: Counter;
  readonly failedClusterUnhealthy: Counter;
  readonly degraded: Counter;

  constructor(stats: Stats, statPrefix: string) {
    const counter = (name: string) => stats.counter(`${statPrefix}health_check.${name}`);
    this.requestTotal = counter("request_total");
    this.ok = counter("ok");
    this.failed = counter("failed");
    this.cachedResponse = counter("cached_response");
    this.failedClusterNotFound = counter("failed_cluster_not_found");
    this.failedClusterEmpty = counter("failed_cluster_empty");
    this.failedClusterUnhealthy = counter("failed_cluster_unhealthy");
    this.degraded = counter("degraded");
  }
}
