import { headerValues, type RequestHead } from "../http/request-head.ts";
import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import { isGrpc } from "./grpc-status.ts";
import type { RequestHasher } from "./load-balancing/policy.ts";
import { readHashPolicies } from "./load-balancing/shared/hash-policy/read-hash-policies.ts";
import { asGrpcTimeout, cappedGrpcTimeout, grpcTimeout, withinGrpcLimits } from "./retry/grpc-timeout.ts";
import { withRetryHeaders } from "./retry/request-headers.ts";
import type { RetryPolicy } from "./retry/retry-policy.ts";
import { malformedHeader } from "./retry/strict-headers.ts";
import { effectiveTimeouts, expectedTimeout, headerTimeout } from "./retry/timeouts.ts";
import type { RouterOptions } from "./router-options.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import { headOfAttempt, withoutConsumed } from "./upstream-head.ts";

const TIMED_OUT = { timeoutStatus: 504, timeoutBody: "upstream request timeout" };
/** In place of it, where the request asks for an answer that is no failure. */
const NOTHING_IN_TIME = { timeoutStatus: 204, timeoutBody: "" };

const ALTERNATIVE_RESPONSE = "x-envoy-upstream-rq-timeout-alt-response";
const GRPC_TIMEOUT = "grpc-timeout";
const NEVER = Number.POSITIVE_INFINITY;
const MAX_DURATION = "x-envoy-upstream-stream-duration-ms";

/** What a route makes of requests with one head: everything that neither chance nor time decides. */
export interface RequestPlan {
  /** As the first attempt sends it. */
  readonly head: RequestHead;
  readonly retryPolicy: RetryPolicy;
  /** From the whole request to the whole answer, 0: none. */
  readonly globalTimeout: Nanoseconds;
  /** Of one attempt, 0: none. */
  readonly perTryTimeout: Nanoseconds;
  /** Of the silence of one attempt, 0: none. */
  readonly perTryIdleTimeout: Nanoseconds;
  /** After its time limit an attempt goes on, and another one is started beside it. */
  readonly hedgesOnPerTryTimeout: boolean;
  /** Of one attempt from its being sent, 0: none; undefined: that of the cluster of its host. */
  readonly maxAttemptDuration: Nanoseconds | undefined;
  /** Status of the answer when time is over. */
  readonly timeoutStatus: number;
  readonly timeoutBody: string;
  /** Of the whole exchange from its start, Infinity: none. */
  readonly streamDuration: Nanoseconds;
  /** A header that is not well formed and for whose sake the request is refused. */
  readonly malformed: readonly [name: string, value: string] | undefined;
}

/** The policies by which the router sends requests of a route. */
export interface RoutePolicies {
  /** The time limits of attempts are always those of the route's policy. */
  readonly timeouts: Pick<RetryPolicy, "perTryTimeout" | "perTryIdleTimeout">;
  /** That of the cluster, or else of the route. */
  readonly retries: RetryPolicy;
  readonly options: RouterOptions;
  /** How long exchanges may take where the route says nothing of it, Infinity: without limit. */
  readonly maxStreamDuration: Nanoseconds;
}

/** The plans of one route, remembered by the identity of heads. */
export class RoutePlans {
  /** The route's hash policies; null: it has none. */
  readonly hasher: RequestHasher | null;
  readonly options: RouterOptions;
  readonly route: RouteEntry;
  private readonly policies: RoutePolicies;
  /** For clusters with a retry policy of their own. */
  private readonly ofClusters = new Map<RetryPolicy, RoutePlans>();
  private readonly plans = new WeakMap<RequestHead, RequestPlan>();
  /** Most traffic repeats a few heads. */
  private lastHead: RequestHead | null = null;
  private lastPlan!: RequestPlan;

  constructor(route: RouteEntry, policies: RoutePolicies) {
    this.route = route;
    this.policies = policies;
    this.options = policies.options;
    this.hasher = route.hashPolicies.length === 0 ? null : readHashPolicies(route.hashPolicies);
  }

  /** The plans where a cluster has its own retry policy, which takes the place of the route's. */
  withRetries(retries: RetryPolicy): RoutePlans {
    let plans = this.ofClusters.get(retries);
    if (plans === undefined) {
      plans = new RoutePlans(this.route, { ...this.policies, retries });
      this.ofClusters.set(retries, plans);
    }
    return plans;
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
  headOfRetry(
    plan: RequestPlan,
    attempt: number,
    elapsed: Nanoseconds,
    isTimeoutRetry: boolean,
  ): RequestHead {
    return this.headOf(plan, attempt, elapsed, this.route.tellsTimeoutRetry ? isTimeoutRetry : undefined);
  }

  private headOf(
    { head, globalTimeout, perTryTimeout, hedgesOnPerTryTimeout }: RequestPlan,
    attempt: number,
    elapsed: Nanoseconds,
    isTimeoutRetry: boolean | undefined,
  ): RequestHead {
    const { countsAttemptsInRequest, maxGrpcTimeout, maxStreamDuration } = this.route;
    const headers = {
      attempt: countsAttemptsInRequest ? attempt : undefined,
      isTimeoutRetry,
      // With hedging an attempt may go on after its own time limit.
      left: expectedTimeout(globalTimeout, hedgesOnPerTryTimeout ? 0 : perTryTimeout, elapsed),
      tellsGrpc: maxGrpcTimeout !== undefined && maxStreamDuration === undefined && isGrpc(head),
    };
    return headOfAttempt(head, headers, this.options);
  }

  private makePlan(head: RequestHead): RequestPlan {
    const { route, options } = this;
    const { timeouts, retries } = this.policies;
    const { respectsExpectedTimeout } = options;
    // Time limits are decided before the route changes the head, everything else after that.
    const streamDuration = this.streamDuration(head);
    const rewritten = route.rewrite(this.withDurationTold(head, streamDuration));
    const limits = effectiveTimeouts(
      this.routeTimeout(head),
      timeouts.perTryTimeout,
      head,
      true,
      respectsExpectedTimeout,
    );
    const plan = {
      head: withoutConsumed(rewritten, head, options),
      retryPolicy: withRetryHeaders(retries, rewritten),
      globalTimeout: limits.global,
      perTryTimeout: limits.perTry,
      perTryIdleTimeout: timeouts.perTryIdleTimeout,
      hedgesOnPerTryTimeout: hedges(route, head),
      maxAttemptDuration: headerTimeout(rewritten, MAX_DURATION),
      ...(rewritten.headers.has(ALTERNATIVE_RESPONSE) ? NOTHING_IN_TIME : TIMED_OUT),
      streamDuration,
      malformed: malformedHeader(options.strictHeaders, head),
    };
    return { ...plan, head: this.headOf(plan, 1, 0, undefined) };
  }

  private routeTimeout(head: RequestHead): Nanoseconds {
    const { timeout, maxStreamDuration, maxGrpcTimeout, grpcTimeoutOffset } = this.route;
    if (maxStreamDuration !== undefined) return 0;
    if (maxGrpcTimeout === undefined || !isGrpc(head)) return timeout;
    return cappedGrpcTimeout(headerValues(head, GRPC_TIMEOUT)[0], maxGrpcTimeout, grpcTimeoutOffset);
  }

  private streamDuration(head: RequestHead): Nanoseconds {
    const { maxStreamDuration: ofManager } = this.policies;
    const limits = this.route.maxStreamDuration;
    if (limits === undefined) return ofManager;
    const asked = grpcTimeout(headerValues(head, GRPC_TIMEOUT)[0]);
    // A limit of 0 is none, but nothing left of a `grpc-timeout` ends the exchange at once.
    if (asked === undefined || limits.grpcMax === undefined)
      return limits.max === 0 ? NEVER : (limits.max ?? ofManager);
    return withinGrpcLimits(asked, limits.grpcMax, limits.grpcOffset);
  }

  /**
   * Where the route limits the duration, gRPC servers hear of it in place of what the client has asked for. A limit that
   * the route takes away is not told, and nothing else in its place (Envoy 1.40, ActiveStream::refreshDurationTimeout).
   */
  private withDurationTold(head: RequestHead, duration: Nanoseconds): RequestHead {
    if (this.route.maxStreamDuration === undefined || !isGrpc(head)) return head;
    if (duration === NEVER && this.policies.maxStreamDuration === NEVER) return head;
    const headers = new Map(head.headers);
    if (duration === NEVER) headers.delete(GRPC_TIMEOUT);
    else headers.set(GRPC_TIMEOUT, [asGrpcTimeout(Math.trunc(duration / MILLISECOND))]);
    return { ...head, headers };
  }
}

function hedges(route: RouteEntry, head: RequestHead): boolean {
  const asked = headerValues(head, "x-envoy-hedge-on-per-try-timeout")[0];
  return asked === "true" || (asked !== "false" && route.hedgesOnPerTryTimeout);
}
