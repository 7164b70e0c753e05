import { headerValues, type RequestHead } from "../http/request-head.ts";
import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import { isGrpc } from "./grpc-status.ts";
import type { RequestHasher } from "./load-balancing/policy.ts";
import { readHashPolicies } from "./load-balancing/shared/hash-policy/read-hash-policies.ts";
import { grpcTimeout, withinGrpcLimits } from "./retry/grpc-timeout.ts";
import { withRetryHeaders } from "./retry/request-headers.ts";
import type { RetryPolicy } from "./retry/retry-policy.ts";
import { effectiveTimeouts, expectedTimeout } from "./retry/timeouts.ts";
import type { RouteEntry } from "./routing/route-match.ts";

const TIMED_OUT = { timeoutStatus: 504, timeoutBody: "upstream request timeout" };
/** In place of it, where the request asks for an answer that is no failure. */
const NOTHING_IN_TIME = { timeoutStatus: 204, timeoutBody: "" };

/** What a route makes of requests with one head: everything that neither chance nor time decides. */
export interface RequestPlan {
  /** As the first attempt sends it. */
  readonly head: RequestHead;
  readonly retryPolicy: RetryPolicy;
  /** From the whole request to the whole answer, 0: none. */
  readonly globalTimeout: Nanoseconds;
  /** Of one attempt, 0: none. */
  readonly perTryTimeout: Nanoseconds;
  /** Status of the answer when time is over. */
  readonly timeoutStatus: number;
  readonly timeoutBody: string;
  /** Of the whole exchange from its start, 0 or more; undefined: that of the connection manager. */
  readonly streamDuration: Nanoseconds | undefined;
}

/** The plans of one route, remembered by the identity of heads. */
export class RoutePlans {
  private readonly route: RouteEntry;
  private readonly retryPolicy: RetryPolicy;
  /** The route's hash policies; null: it has none. */
  readonly hasher: RequestHasher | null;
  private readonly plans = new WeakMap<RequestHead, RequestPlan>();
  /** Most traffic repeats a few heads. */
  private lastHead: RequestHead | null = null;
  private lastPlan!: RequestPlan;

  constructor(route: RouteEntry, retryPolicy: RetryPolicy) {
    this.route = route;
    this.retryPolicy = retryPolicy;
    this.hasher = route.hashPolicies.length === 0 ? null : readHashPolicies(route.hashPolicies);
  }

  planFor(head: RequestHead): RequestPlan {
    if (head === this.lastHead) return this.lastPlan;
    let plan = this.plans.get(head);
    if (plan === undefined) this.plans.set(head, (plan = this.makePlan(head)));
    this.lastHead = head;
    this.lastPlan = plan;
    return plan;
  }

  /** The head of an attempt after the first, `elapsed` after the request was complete. */
  headOfRetry(plan: RequestPlan, attempt: number, elapsed: Nanoseconds): RequestHead {
    const left = expectedTimeout(plan.globalTimeout, plan.perTryTimeout, elapsed);
    const changes: (readonly [name: string, value: number])[] = [];
    if (this.route.countsAttemptsInRequest) changes.push(["x-envoy-attempt-count", attempt]);
    if (left > 0) changes.push([EXPECTED_TIMEOUT, Math.trunc(left / MILLISECOND)]);
    const { head } = plan;
    const isSame = changes.every(([name, value]) => head.headers.get(name)?.[0] === String(value));
    return isSame ? head : withHeaders(head, changes);
  }

  private makePlan(head: RequestHead): RequestPlan {
    const { route } = this;
    const retryPolicy = withRetryHeaders(this.retryPolicy, head);
    const timeouts = effectiveTimeouts(this.routeTimeout(head), retryPolicy.perTryTimeout, head, true);
    const { global: globalTimeout, perTry: perTryTimeout } = timeouts;
    const rewritten = withoutConsumed(route.rewrite(head));
    const plan = {
      head: rewritten,
      retryPolicy,
      globalTimeout,
      perTryTimeout,
      ...(head.headers.has(ALTERNATIVE_RESPONSE) ? NOTHING_IN_TIME : TIMED_OUT),
      streamDuration: this.streamDuration(head),
    };
    return { ...plan, head: this.headOfRetry(plan, 1, 0) };
  }

  private routeTimeout(head: RequestHead): Nanoseconds {
    const { timeout, maxStreamDuration, maxGrpcTimeout, grpcTimeoutOffset } = this.route;
    if (maxStreamDuration !== undefined) return 0;
    if (maxGrpcTimeout === undefined || !isGrpc(head)) return timeout;
    const asked = grpcTimeout(headerValues(head, GRPC_TIMEOUT)[0]) ?? 0;
    const offset = grpcTimeoutOffset < asked ? asked - grpcTimeoutOffset : asked;
    return maxGrpcTimeout !== 0 && (offset === 0 || offset > maxGrpcTimeout) ? maxGrpcTimeout : offset;
  }

  private streamDuration(head: RequestHead): Nanoseconds | undefined {
    const limits = this.route.maxStreamDuration;
    if (limits === undefined) return undefined;
    const asked = grpcTimeout(headerValues(head, GRPC_TIMEOUT)[0]);
    if (asked === undefined || limits.grpcMax === undefined) return limits.max;
    return withinGrpcLimits(asked, limits.grpcMax, limits.grpcOffset);
  }
}

const EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";
const ALTERNATIVE_RESPONSE = "x-envoy-upstream-rq-timeout-alt-response";
const GRPC_TIMEOUT = "grpc-timeout";

/** Headers that the router takes for itself (Envoy 1.40, FilterUtility::finalTimeout and RetryStateImpl::create). */
const CONSUMED = [
  "x-envoy-upstream-rq-timeout-ms",
  "x-envoy-upstream-rq-per-try-timeout-ms",
  "x-envoy-retry-on",
  "x-envoy-retry-grpc-on",
  "x-envoy-max-retries",
  "x-envoy-hedge-on-per-try-timeout",
  "x-envoy-retriable-header-names",
  "x-envoy-retriable-status-codes",
];

function withoutConsumed(head: RequestHead): RequestHead {
  if (!CONSUMED.some((name) => head.headers.has(name))) return head;
  const headers = new Map(head.headers);
  for (const name of CONSUMED) headers.delete(name);
  return { ...head, headers };
}

function withHeaders(head: RequestHead, changes: readonly (readonly [string, number])[]): RequestHead {
  const headers = new Map(head.headers);
  for (const [name, value] of changes) headers.set(name, [String(value)]);
  return { ...head, headers };
}
