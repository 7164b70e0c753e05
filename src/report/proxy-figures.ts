import type { ProxyResult } from "../simulation/result.ts";

/** What a person asks of a proxy first, summed over its clusters. */
export interface ProxyFigures {
  readonly name: string;
  readonly attempts: number;
  readonly retries: number;
  /** Retries that a circuit breaker refused. */
  readonly retryOverflows: number;
  /** Requests that a circuit breaker refused. */
  readonly overflows: number;
  readonly ejections: number;
  /** Ejections that `max_ejection_percent` refused. */
  readonly ejectionOverflows: number;
  /** Choices of a host in panic. */
  readonly panics: number;
}

/** Sums Envoy's `cluster.NAME.*` statistics of one proxy. */
export function proxyFigures(proxy: ProxyResult): ProxyFigures {
  const sum = (stat: string) =>
    proxy.stats.reduce(
      (total, [name, value]) =>
        name.startsWith("cluster.") && name.endsWith(`.${stat}`) ? total + value : total,
      0,
    );
  return {
    name: proxy.name,
    attempts: sum("upstream_rq_total"),
    retries: sum("upstream_rq_retry"),
    retryOverflows: sum("upstream_rq_retry_overflow"),
    overflows: sum("upstream_rq_pending_overflow"),
    ejections: sum("outlier_detection.ejections_enforced_total"),
    ejectionOverflows: sum("outlier_detection.ejections_overflow"),
    panics: sum("lb_healthy_panic"),
  };
}
