import type { JsonObject, Message } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import { type HostPredicate, readHostPredicates } from "./host-predicates.ts";
import { type RateLimitedBackOff, readRateLimitedBackOff } from "./rate-limited-back-off.ts";
import { parseRetryGrpcOn, parseRetryOn } from "./retry-on.ts";

/** A compiled `route.v3.HeaderMatcher`. */
export interface HeaderTest {
  /** In lower case. */
  readonly name: string;
  fits(values: readonly string[]): boolean;
}

/** When and how a request is retried: `route.v3.RetryPolicy` of a route, a virtual host or a cluster. */
export interface RetryPolicy {
  /** Bits of RetryOn; 0: nothing is retried. */
  readonly retryOn: number;
  /**
   * Whether anything asks for retries at all, even if in vain: without it nothing is retried and none of the
   * statistics move; with it an attempt is hedged whatever `retryOn` says.
   */
  readonly isActive: boolean;
  readonly numRetries: number;
  /** Limit of one attempt; 0: none. It holds also where nothing is retried. */
  readonly perTryTimeout: Nanoseconds;
  /** Limit of the silence of one attempt; 0: none. */
  readonly perTryIdleTimeout: Nanoseconds;
  readonly retriableStatusCodes: readonly number[];
  /** Response headers that make an answer retriable: one that fits is enough. */
  readonly retriableHeaders: readonly HeaderTest[];
  /** If there are any, only requests that fit one of them are retried. */
  readonly retriableRequestHeaders: readonly HeaderTest[];
  /** How answers themselves say when to try again; undefined: they are not asked. */
  readonly rateLimitedBackOff: RateLimitedBackOff | undefined;
  /** Upper bound of the first back-off in whole milliseconds, at least 1. */
  readonly baseIntervalMs: number;
  /** Largest upper bound of a back-off in whole milliseconds. */
  readonly maxIntervalMs: number;
  /** How many further hosts a retry may pick when its host predicates reject one. */
  readonly hostSelectionRetryMaxAttempts: number;
  /** Hosts that a retry avoids. */
  readonly hostPredicates: readonly HostPredicate[];
  /** Whether each retry goes to another one of weighted clusters: only routes can say so here. */
  readonly refreshesCluster: boolean;
  /** After each so many attempts a retry avoids the priorities tried so far; 0: never. */
  readonly priorityUpdateFrequency: number;
}

const DEFAULT_BASE_INTERVAL_MS = 25;
const PREVIOUS_PRIORITIES =
  "/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig";

/** What holds where neither cluster nor route nor virtual host has a policy: only request headers add to it. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = Object.freeze({
  retryOn: 0,
  isActive: false,
  numRetries: 1,
  perTryTimeout: 0,
  perTryIdleTimeout: 0,
  retriableStatusCodes: [],
  retriableHeaders: [],
  retriableRequestHeaders: [],
  rateLimitedBackOff: undefined,
  baseIntervalMs: DEFAULT_BASE_INTERVAL_MS,
  maxIntervalMs: 10 * DEFAULT_BASE_INTERVAL_MS,
  hostSelectionRetryMaxAttempts: 1,
  hostPredicates: [],
  refreshesCluster: false,
  priorityUpdateFrequency: 0,
});

/** Reads a valid `route.v3.RetryPolicy` (Envoy 1.40, source/common/router/retry_policy_impl.cc). */
export function readRetryPolicy(
  policy: Message,
  compileHeaderTest: (matcher: Message) => HeaderTest,
): RetryPolicy {
  const names = policy.string("retry_on");
  const retryOn = parseRetryOn(names).bits | parseRetryGrpcOn(names).bits;
  return Object.freeze({
    retryOn,
    isActive: retryOn !== 0,
    numRetries: policy.number("num_retries", 1),
    perTryTimeout: timerDuration(policy, "per_try_timeout", 0),
    perTryIdleTimeout: timerDuration(policy, "per_try_idle_timeout", 0),
    retriableStatusCodes: Object.freeze(policy.numbers("retriable_status_codes")),
    retriableHeaders: policy.messages("retriable_headers").map(compileHeaderTest),
    retriableRequestHeaders: policy.messages("retriable_request_headers").map(compileHeaderTest),
    rateLimitedBackOff: readRateLimitedBackOff(policy.message("rate_limited_retry_back_off")),
    ...readBackOff(policy.message("retry_back_off")),
    // Envoy takes 0 for "not set".
    hostSelectionRetryMaxAttempts: policy.number("host_selection_retry_max_attempts", 0) || 1,
    hostPredicates: readHostPredicates(policy),
    refreshesCluster: false,
    priorityUpdateFrequency: readPriorityUpdateFrequency(policy.message("retry_priority")),
  });
}

function readBackOff(backOff: Message | undefined) {
  const base = backOff && readInterval(backOff, "base_interval");
  const max = backOff && readInterval(backOff, "max_interval");
  const baseIntervalMs = base ?? DEFAULT_BASE_INTERVAL_MS;
  return { baseIntervalMs, maxIntervalMs: max ?? 10 * baseIntervalMs };
}

function readInterval(backOff: Message, field: string): number | undefined {
  const interval = timerDuration(backOff, field);
  return interval === undefined ? undefined : Math.max(interval / MILLISECOND, 1);
}

/** `retry_priority`: so many attempts after which the priorities tried are avoided; 0: none are. */
function readPriorityUpdateFrequency(priority: Message | undefined): number {
  const type = (priority?.json.typed_config as JsonObject | undefined)?.["@type"];
  if (typeof type !== "string" || !type.endsWith(PREVIOUS_PRIORITIES)) return 0;
  priority!.string("name");
  return priority!.message("typed_config")!.number("update_frequency", 0);
}
