import type { RequestHead } from "../http/request-head.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Random64 } from "../random/random64.ts";
import type { Exchange } from "./exchange.ts";
import type { PendingCall, RateLimitCall, RateLimitCallReceiver } from "./http-filter/http-filter.ts";
import type { RedirectFailure } from "./internal-redirect.ts";
import type { ProxyTrace } from "./proxy-trace.ts";
import type { MirrorPolicy } from "./routing/mirror-policy.ts";
import type { RouteMatch, StreamId } from "./routing/route-match.ts";
import type { TimerClock } from "./timer-clock.ts";
import type { Worker } from "./worker.ts";

/** Who can route a request once more. */
export interface Redirector {
  /** Where a request with this head would go in place of that of the exchange. */
  routeOf(head: RequestHead, exchange: Exchange): RouteMatch;
  /** A redirect is passed on to the client, for this reason. */
  redirectFailed(reason: RedirectFailure): void;
  /** The exchange ends with the answer that redirects it, and goes on as a new one with this head. */
  recreate(exchange: Exchange, head: RequestHead, status: number): void;
}

/**
 * Who has taken a request into a proxy, as the router sees it: a connection manager, or the sender of
 * requests of the proxy's own (Envoy 1.40, StreamDecoderFilterCallbacks).
 */
export interface ExchangeManager {
  readonly simulator: Simulator;
  readonly worker: Worker;
  /** The worker's own draws. */
  readonly random: Random64;
  readonly timerClock: TimerClock;
  /** Told of decisions, where somebody wants to know them. */
  readonly trace: ProxyTrace | undefined;
  /** The destination of a connection that was redirected to this listener; null where it was not. */
  originalDestinationOf(exchange: Exchange): string | null;
  /** The random number of a request that is decided about just now. */
  newStreamId(): StreamId;
  /** The filters have let a request pass. */
  onDecoded(exchange: Exchange): void;
  attemptStarted(exchange: Exchange): void;
  /** `host`: number of the host's station, -1 where there was none. */
  attemptEnded(host: number, result: number): void;
  retried(): void;
  overflowed(): void;
  /** The final answer; headers stand in the exchange's downstream stream. */
  respond(exchange: Exchange, status: number, bodyBytes: number): void;
  /** The beginning of an answer; a reset will follow. */
  startResponse(exchange: Exchange, status: number, bodyBytes: number): void;
  /** An answer that has begun breaks off. */
  resetDownstream(exchange: Exchange): void;
  /** Nobody waits for an answer any longer. */
  abandoned(exchange: Exchange): void;
  /** Sends copies of a request to other clusters. */
  mirror(
    exchange: Exchange,
    policies: readonly MirrorPolicy[],
    head: RequestHead,
    timeout: Nanoseconds,
  ): void;
  /** Calls another service while the request waits; null: there is no such cluster. */
  callService(exchange: Exchange, call: RateLimitCall, receiver: RateLimitCallReceiver): PendingCall | null;
  /** Sends redirected requests on their new way; null: redirects are not followed. */
  readonly redirector: Redirector | null;
  onIdleTimeout(exchange: Exchange): void;
  onMaxDuration(exchange: Exchange): void;
}
