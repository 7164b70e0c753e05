import type { U64 } from "../hash/u64.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseFlagName } from "../http/response-flags.ts";
import type { Handle } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Stream } from "../network/stream.ts";
import type { Attempt } from "./attempt.ts";
import type { Host } from "./cluster/host.ts";
import type { ExchangeManager } from "./exchange-manager.ts";
import type { FilterChain } from "./http-filter/filter-chain.ts";
import type { RedirectHistory } from "./internal-redirect.ts";
import type { PreviousPriorities } from "./load-balancing/shared/previous-priorities.ts";
import type { RequestPlan, RoutePlans } from "./request-plan.ts";
import type { RetryState } from "./retry/retry-state.ts";
import type { MirrorPolicy } from "./routing/mirror-policy.ts";
import type { RouteEntry, RouteMatch } from "./routing/route-match.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

const NO_HOSTS: readonly Host[] = [];

/**
 * All that is kept of a request in a proxy. What is done with it stands in the classes that extend this one; they
 * have no fields of their own, because to make an object then takes one call instead of one for each class.
 */
export abstract class ExchangeState {
  readonly manager: ExchangeManager;
  readonly downstream: Stream;
  readonly startedAt: Nanoseconds;
  /** As it goes upstream. */
  head: RequestHead;
  /** What the route table said; null before. */
  match: RouteMatch | null = null;
  attemptCount = 0;
  /** Bits of ResponseFlag, and the flags in the order in which they were set. */
  flags = 0;
  flagsInOrder: ResponseFlagName[] | null = null;
  /** Envoy's response code details. */
  details = "";
  /** The body of an answer of the proxy's own; null while there is none. */
  localReply: string | null = null;
  isFinished = false;
  /** Whether it comes from the operator's own network. */
  isInternal = false;
  isHealthCheck = false;
  /** Calls to other services that filters have made for it. */
  calls = 0;
  /** The HTTP filters in front of the router; null: there are none. */
  filters: FilterChain | null = null;
  /** `x-envoy-upstream-service-time` of the answer; undefined: it has none. */
  upstreamServiceTimeMs: number | undefined = undefined;
  /** Where copies of it go; null: there are none. */
  copies: readonly MirrorPolicy[] | null = null;
  /** Null while nothing has been redirected. */
  redirectHistory: RedirectHistory | null = null;
  /** The beginning of the final answer has gone downstream. */
  protected responseStarted = false;
  /** Against silence, and of the whole exchange. */
  protected idleTimer: Handle = 0;
  protected durationTimer: Handle = 0;

  // Where it is sent

  overridesUsed = 0;
  protected route: RouteEntry | null = null;
  protected plan!: RequestPlan;
  protected plans!: RoutePlans;
  protected cluster!: WorkerCluster;
  /** Of a generated cookie, for the answer. */
  protected cookie: string | null = null;
  /** Undefined until a balancer asks for it; null: there is nothing to hash. */
  protected hash: U64 | null | undefined = undefined;
  /** Hosts tried so far, where the retry policy looks at them. */
  protected attempted: readonly Host[] = NO_HOSTS;
  protected previousPriorities: PreviousPriorities | null = null;

  // Its attempts

  /** When the router had the whole request. */
  protected completeAt: Nanoseconds = 0;
  /** Whether any attempt has sent a byte. */
  protected hasSentBytes = false;
  /** Head of the list of attempts that have not ended; only hedging makes it longer than one. */
  protected oldestAttempt: Attempt | null = null;
  protected lastUpstream: Host | null = null;
  protected retryState: RetryState | null = null;
  /** Not 0 while a retry waits for its time. There is never more than one: each attempt causes at most one more. */
  protected backOffTimer: Handle = 0;
  /** Whether the next retry is due to a time limit of an attempt. */
  protected isTimeoutRetry = false;
  /** The cluster that the latest attempt has been sent to; null: that of the route. */
  protected retryCluster: string | null = null;
  protected globalTimer: Handle = 0;

  constructor(manager: ExchangeManager, downstream: Stream, now: Nanoseconds) {
    this.manager = manager;
    this.downstream = downstream;
    this.head = downstream.head;
    this.startedAt = now;
  }
}
