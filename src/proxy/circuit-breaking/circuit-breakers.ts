import type { Nanoseconds } from "../../kernel/time.ts";
import { Gauge, type Stats } from "../../telemetry/stats.ts";
import type { Breakers } from "../cluster/breakers.ts";
import type { CircuitBreakerOptions, Thresholds } from "./circuit-breaker-options.ts";
import { CountedRequests, ManagedResource } from "./managed-resource.ts";
import { RetryBudget } from "./retry-budget.ts";
import { StartedRequests } from "./started-requests.ts";

export { type CircuitBreakerOptions, readCircuitBreakers } from "./circuit-breaker-options.ts";

/** The circuit breakers of a cluster for one routing priority, shared by all workers of a process. */
export interface CircuitBreakers extends Breakers {
  readonly connections: ManagedResource;
  readonly pendingRequests: ManagedResource;
  readonly requests: ManagedResource;
  readonly retries: ManagedResource;
  readonly connectionPools: ManagedResource | null;
  /** Connections to one host; Infinity: no limit. */
  readonly maxConnectionsPerHost: number;
}

/** The circuit breakers of a cluster by routing priority; the two do not know of each other. */
export interface ClusterCircuitBreakers {
  readonly default: CircuitBreakers;
  readonly high: CircuitBreakers;
}

/** Makes the breakers of a cluster for one process; `statPrefix` is such as `cluster.checkout.`. */
export function makeCircuitBreakers(
  options: CircuitBreakerOptions,
  stats: Stats,
  statPrefix: string,
  clock: { readonly now: Nanoseconds },
): ClusterCircuitBreakers {
  const prefix = `${statPrefix}circuit_breakers`;
  return {
    default: makeForPriority(options.default, clock, (name) => stats.gauge(`${prefix}.default.${name}`)),
    high: makeForPriority(options.high, clock, (name) => stats.gauge(`${prefix}.high.${name}`)),
  };
}

function makeForPriority(
  thresholds: Thresholds,
  clock: { readonly now: Nanoseconds },
  gauge: (name: string) => Gauge,
): CircuitBreakers {
  const { maxRequests, maxRetries, maxConnectionPools, retryBudget } = thresholds;
  const interval = retryBudget?.interval ?? 0;
  const started = interval === 0 ? null : new StartedRequests(interval, clock);
  const left = (name: string) => (thresholds.tracksRemaining ? gauge(`remaining_${name}`) : new Gauge());
  const pendingRequests = new ManagedResource(
    thresholds.maxPendingRequests,
    gauge("rq_pending_open"),
    left("pending"),
  );
  const [requestsOpen, requestsLeft] = [gauge("rq_open"), left("rq")];
  const requests =
    started === null
      ? new ManagedResource(maxRequests, requestsOpen, requestsLeft)
      : new CountedRequests(maxRequests, requestsOpen, requestsLeft, started);
  const retriesOpen = gauge("rq_retry_open");
  return {
    connections: new ManagedResource(thresholds.maxConnections, gauge("cx_open"), left("cx")),
    pendingRequests,
    requests,
    retries:
      retryBudget === undefined
        ? new ManagedResource(maxRetries, retriesOpen, left("retries"))
        : new RetryBudget(retryBudget, requests, pendingRequests, started, maxRetries, retriesOpen),
    connectionPools:
      maxConnectionPools === Number.POSITIVE_INFINITY
        ? null
        : new ManagedResource(maxConnectionPools, gauge("cx_pool_open"), left("cx_pools")),
    maxConnectionsPerHost: thresholds.maxConnectionsPerHost,
  };
}
