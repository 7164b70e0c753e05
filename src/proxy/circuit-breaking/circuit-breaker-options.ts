import type { Message } from "../../decode/message.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";

/** The limits of a cluster for one routing priority. */
export interface Thresholds {
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxRequests: number;
  readonly maxRetries: number;
  /** Limits retries in place of `maxRetries`; undefined: not configured. */
  readonly retryBudget: RetryBudgetOptions | undefined;
  /** Connections to one host; Infinity: no limit. */
  readonly maxConnectionsPerHost: number;
  /** Pools of connections, one for each worker and host; Infinity: no limit. */
  readonly maxConnectionPools: number;
  /** Whether gauges show how much of each limit is left. */
  readonly tracksRemaining: boolean;
}

export interface RetryBudgetOptions {
  /** Retries allowed for every 100 requests that are active or pending, or were started in the interval. */
  readonly budgetPercent: number;
  /** Retries that are always allowed. */
  readonly minRetryConcurrency: number;
  /** Requests count that were started so long ago or later, in place of the present ones; 0: the present ones. */
  readonly interval: Nanoseconds;
}

export interface CircuitBreakerOptions {
  readonly default: Thresholds;
  readonly high: Thresholds;
}

/**
 * Reads a cluster's `circuit_breakers`; where it says nothing, Envoy's defaults hold.
 * (Envoy 1.40, ClusterInfoImpl::ResourceManagers::load in source/common/upstream/upstream_impl.cc.)
 */
export function readCircuitBreakers(message: Message | undefined): CircuitBreakerOptions {
  const thresholds = message?.messages("thresholds") ?? [];
  const perHost = message?.messages("per_host_thresholds") ?? [];
  const read = (priority: "DEFAULT" | "HIGH"): Thresholds =>
    readThresholds(firstOf(thresholds, priority), firstOf(perHost, priority));
  return Object.freeze({ default: read("DEFAULT"), high: read("HIGH") });
}

/** Of several entries for a priority the first counts. */
function firstOf(entries: readonly Message[], priority: "DEFAULT" | "HIGH"): Message | undefined {
  return entries.find((entry) => entry.enum("priority", "DEFAULT") === priority);
}

function readThresholds(thresholds: Message | undefined, perHost: Message | undefined): Thresholds {
  const budget = thresholds?.message("retry_budget");
  return Object.freeze({
    maxConnections: thresholds?.number("max_connections") ?? 1024,
    maxPendingRequests: thresholds?.number("max_pending_requests") ?? 1024,
    maxRequests: thresholds?.number("max_requests") ?? 1024,
    maxRetries: thresholds?.number("max_retries") ?? 3,
    retryBudget: budget && readRetryBudget(budget),
    maxConnectionPools: thresholds?.number("max_connection_pools") ?? Number.POSITIVE_INFINITY,
    tracksRemaining: thresholds?.boolean("track_remaining") ?? false,
    maxConnectionsPerHost: perHost?.number("max_connections") ?? Number.POSITIVE_INFINITY,
  });
}

function readRetryBudget(budget: Message): RetryBudgetOptions {
  return Object.freeze({
    // A percentage that is given without a value is 0.
    budgetPercent: budget.message("budget_percent")?.number("value", 0) ?? 20,
    minRetryConcurrency: budget.number("min_retry_concurrency", 3),
    interval: timerDuration(budget, "budget_interval", 0),
  });
}
