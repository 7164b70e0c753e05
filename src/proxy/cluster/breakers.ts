import type { RetryBreaker } from "./retry-breaker.ts";

/** A limited resource of a cluster and priority (Envoy: ResourceLimit). */
export interface Limit {
  canCreate(): boolean;
  increment(): void;
  decrement(): void;
}

/** What the connection pool and the router ask of a cluster's circuit breakers for one routing priority. */
export interface Breakers {
  readonly connections: Limit;
  readonly pendingRequests: Limit;
  readonly requests: Limit;
  readonly retries: RetryBreaker;
  /** Null: pools are not limited. */
  readonly connectionPools: Limit | null;
}
