import type { Nanoseconds } from "../kernel/time.ts";

/** A policy of a client's library; the settings are explained with the machines in traffic/library/. */
export type LayerSpec =
  | { readonly kind: "throttle"; readonly settings: { readonly k: number; readonly window: Nanoseconds } }
  | { readonly kind: "timeout"; readonly after: Nanoseconds }
  | {
      readonly kind: "retry";
      readonly attempts: number;
      readonly backOff: BackOffSpec;
      readonly tokenBucket?: TokenBucketSpec;
      readonly budget?: RetryBudgetSpec;
    }
  | { readonly kind: "requeue"; readonly backOff: BackOffSpec; readonly budget: RetryBudgetSpec }
  | ({ readonly kind: "hystrix" } & HystrixSpec)
  | { readonly kind: "breaker"; readonly settings: WindowBreakerSpec }
  | { readonly kind: "failure_accrual"; readonly settings: FailureAccrualSpec };

export interface BackOffSpec {
  readonly base: Nanoseconds;
  readonly max: Nanoseconds;
  readonly factor: number;
  readonly jitter: "none" | "full" | "equal";
}

export interface TokenBucketSpec {
  readonly capacity: number;
  readonly cost: number;
  readonly timeoutCost: number;
  readonly refund: number;
}

export interface RetryBudgetSpec {
  readonly ttl: Nanoseconds;
  readonly minRetriesPerSecond: number;
  readonly percent: number;
}

export interface HystrixSpec {
  readonly breaker: {
    readonly requestVolume: number;
    readonly errorThreshold: number;
    readonly sleepWindow: Nanoseconds;
    readonly window: Nanoseconds;
  };
  readonly bulkhead: { readonly size: number; readonly queue: number; readonly queueRejection: number };
  readonly timeout: Nanoseconds;
}

export interface WindowBreakerSpec {
  readonly window: { readonly kind: "count" | "time"; readonly size: number };
  readonly minimumCalls: number;
  readonly failureRate: number;
  readonly slowCallRate: number;
  readonly slowCall: Nanoseconds;
  readonly halfOpenCalls: number;
  readonly wait: Nanoseconds;
}

export interface FailureAccrualSpec {
  readonly consecutive: number;
  readonly successRate: {
    readonly threshold: number;
    readonly window: Nanoseconds;
    readonly minRequests: number;
  };
  readonly base: Nanoseconds;
  readonly max: Nanoseconds;
}
