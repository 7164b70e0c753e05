import { ResponseFlag, type ResponseFlagName } from "../http/response-flags.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { NO_HEADERS } from "../network/stream.ts";
import type { Host } from "./cluster/host.ts";
import type { RouteRateLimits } from "./cluster/route-levels.ts";
import { ExchangeState } from "./exchange-state.ts";
import type {
  FilteredRequest,
  FilteredResponse,
  PendingCall,
  RateLimitCall,
  RateLimitCallReceiver,
} from "./http-filter/http-filter.ts";
import { makeLocalReply } from "./local-reply.ts";

/** Response code details of an answer that a host has given. */
export const VIA_UPSTREAM = "via_upstream";

/**
 * A request in a proxy as its connection manager sees it: how it came, what is to be logged of it, and its answer
 * (Envoy 1.40, ActiveStream in source/common/http/conn_manager_impl.cc).
 */
export abstract class Exchange extends ExchangeState implements FilteredRequest {
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

  /** Limits silence (0: no limit) and the time from the start (Infinity: no limit). */
  startTimers(idleTimeout: Nanoseconds, maxDuration: Nanoseconds): void {
    const { simulator } = this.manager;
    if (idleTimeout > 0) this.idleTimer = simulator.timeout(idleTimeout, idleTimedOut, this);
    if (maxDuration === Number.POSITIVE_INFINITY) return;
    const left = Math.max(0, this.startedAt + maxDuration - simulator.now);
    this.durationTimer = simulator.timeout(left, durationReached, this);
  }

  /** Whether any of its timers runs. */
  protected get isTimed(): boolean {
    return this.idleTimer !== 0 || this.durationTimer !== 0;
  }

  protected restartIdleTimer(idleTimeout: Nanoseconds): void {
    const { simulator } = this.manager;
    simulator.cancel(this.idleTimer);
    if (idleTimeout > 0) this.idleTimer = simulator.timeout(idleTimeout, idleTimedOut, this);
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
