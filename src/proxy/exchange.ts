import type { RequestHead } from "../http/request-head.ts";
import { ResponseFlag, type ResponseFlagName } from "../http/response-flags.ts";
import type { Handle } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { NO_HEADERS, type Stream } from "../network/stream.ts";
import type { Host } from "./cluster/host.ts";
import type { RouteRateLimits } from "./cluster/route-levels.ts";
import type { ExchangeManager } from "./exchange-manager.ts";
import type { FilterChain } from "./http-filter/filter-chain.ts";
import type {
  FilteredRequest,
  FilteredResponse,
  PendingCall,
  RateLimitCall,
  RateLimitCallReceiver,
} from "./http-filter/http-filter.ts";
import type { RedirectHistory } from "./internal-redirect.ts";
import { makeLocalReply } from "./local-reply.ts";
import type { MirrorPolicy } from "./routing/mirror-policy.ts";
import type { RouteMatch } from "./routing/route-match.ts";

/** Response code details of an answer that a host has given. */
export const VIA_UPSTREAM = "via_upstream";

/**
 * A request in a proxy as its connection manager sees it: how it came, what is to be logged of it, and its answer
 * (Envoy 1.40, ActiveStream in source/common/http/conn_manager_impl.cc).
 */
export abstract class Exchange implements FilteredRequest {
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
  private idleTimer: Handle = 0;
  private durationTimer: Handle = 0;

  constructor(manager: ExchangeManager, downstream: Stream, now: Nanoseconds) {
    this.manager = manager;
    this.downstream = downstream;
    this.head = downstream.head;
    this.startedAt = now;
  }

  /** The host of the last attempt, for logs. */
  abstract get upstreamHost(): Host | null;

  /** The cluster of its route; null: it has none. */
  get routedCluster(): string | null {
    return this.match?.kind === "route" ? this.match.cluster : null;
  }

  get rateLimits(): RouteRateLimits | null {
    return this.match?.kind === "route" ? this.match.route.rateLimits : null;
  }

  get remoteIp(): string {
    return this.downstream.connection!.out.path.from.address;
  }

  get downstreamConnection(): object {
    return this.downstream.connection!;
  }

  /** Ends it with an answer of the connection manager's own; the router charges nothing for it. */
  abstract cutShort(body: string, details: string, grpcStatus: number | undefined): void;

  /** It has ended: nothing more is waited for upstream. */
  protected abstract releaseUpstream(): void;

  /** Limits silence (0: no limit) and the time from the start. */
  protected startTimers(idleTimeout: Nanoseconds, maxDuration: Nanoseconds | undefined): void {
    const { simulator } = this.manager;
    if (idleTimeout > 0) this.idleTimer = simulator.timeout(idleTimeout, idleTimedOut, this);
    if (maxDuration === undefined) return;
    const left = Math.max(0, this.startedAt + maxDuration - simulator.now);
    this.durationTimer = simulator.timeout(left, durationReached, this);
  }

  setFlag(flag: ResponseFlagName): void {
    if (this.flags & ResponseFlag[flag]) return;
    this.flags |= ResponseFlag[flag];
    (this.flagsInOrder ??= []).push(flag);
  }

  /** Answers downstream with an answer of the proxy's own. */
  replyLocally(
    status: number,
    body: string,
    details: string,
    headers = NO_HEADERS,
    grpcStatus: number | undefined = undefined,
  ): void {
    if (this.responseStarted) {
      this.details = details;
      this.end();
      this.manager.resetDownstream(this);
      return;
    }
    const reply = makeLocalReply(this.downstream.head, status, body, headers, grpcStatus);
    this.localReply = reply.body;
    this.downstream.responseHeaders = reply.headers;
    this.finish(reply.status, reply.bodyBytes, details);
  }

  /** Answers downstream, through the filters; headers stand in the stream. */
  protected finish(status: number, bodyBytes: number, details: string): void {
    this.details = details;
    if (this.filters === null) {
      this.end();
      this.manager.respond(this, status, bodyBytes);
      return;
    }
    // Nothing more is waited for upstream while filters hold the answer.
    this.releaseUpstream();
    this.filters.encode({ status, bodyBytes, headers: this.downstream.responseHeaders });
  }

  onEncoded({ status, bodyBytes, headers }: FilteredResponse): void {
    this.downstream.responseHeaders = headers;
    this.end();
    this.manager.respond(this, status, bodyBytes);
  }

  /** The filters have let it pass. */
  abstract onDecoded(): void;

  callService(call: RateLimitCall, receiver: RateLimitCallReceiver): PendingCall | null {
    return this.manager.callService(this, call, receiver);
  }

  continueDecoding(): void {
    this.filters!.continueDecoding();
  }

  continueEncoding(): void {
    this.filters!.continueEncoding();
  }

  protected end(): void {
    const { simulator } = this.manager;
    this.isFinished = true;
    simulator.cancel(this.idleTimer);
    simulator.cancel(this.durationTimer);
    this.releaseUpstream();
    this.filters?.destroy();
  }
}

function idleTimedOut(exchange: Exchange): void {
  exchange.manager.onIdleTimeout(exchange);
}

function durationReached(exchange: Exchange): void {
  exchange.manager.onMaxDuration(exchange);
}
