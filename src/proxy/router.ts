import { ResetReason } from "../http/reset-reason.ts";
import { ResponseFlag, type ResponseFlagName } from "../http/response-flags.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Handle } from "../kernel/simulator.ts";
import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import type { Stream } from "../network/stream.ts";
import { Attempt } from "./attempt.ts";
import type { Host } from "./cluster/host.ts";
import type { PooledConnection } from "./connection-pool/pooled-connection.ts";
import type { HttpConnectionManager } from "./http-connection-manager.ts";
import type { LoadBalancerContext } from "./load-balancing/policy.ts";
import { type RetryWish, wantsRetryForHeaders, wantsRetryForReset } from "./retry/retry-decision.ts";
import type { RetryPolicy } from "./retry/retry-policy.ts";
import { RetryState } from "./retry/retry-state.ts";
import { effectiveTimeouts } from "./retry/timeouts.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

/** Texts of Envoy's local replies; their length matters, an answer with a body is not complete with its headers. */
const NO_HEALTHY_UPSTREAM = "no healthy upstream";
const UPSTREAM_REQUEST_TIMEOUT = "upstream request timeout";
const VIA_UPSTREAM = "via_upstream";
const RESET_BEFORE_HEADERS = "upstream connect error or disconnect/reset before headers. ";

const resetReasons = Object.values(ResetReason);
/** In the digest, results from here on are indices of reset reasons. */
const FIRST_RESET_RESULT = 1000;
/** In the digest, the attempt that found no host. */
const NO_HOST = -1;

/**
 * A request in a proxy, from the moment its route is known to its end: attempts, timeouts, retries, the final
 * answer. Follows Envoy 1.40, source/common/router/router.cc, without hedging and shadowing.
 */
export class RoutedRequest implements LoadBalancerContext {
  readonly manager: HttpConnectionManager;
  readonly downstream: Stream;
  readonly startedAt: Nanoseconds;
  /** As it goes upstream. */
  head: RequestHead;
  attemptCount = 0;
  /** Bits of ResponseFlag, and the flags in the order in which they were set. */
  flags = 0;
  flagsInOrder: ResponseFlagName[] | null = null;
  /** Envoy's response code details. */
  details = "";
  isFinished = false;
  private route: RouteEntry | null = null;
  private retryPolicy!: RetryPolicy;
  private cluster!: WorkerCluster;
  private perTryTimeout: Nanoseconds = 0;
  private attempt: Attempt | null = null;
  private lastUpstream: Host | null = null;
  private retryState: RetryState | null = null;
  private globalTimer: Handle = 0;
  private backOffTimer: Handle = 0;
  private hasSentBytes = false;
  /** Hosts tried so far, where the retry policy avoids them. */
  private previousHosts: Host[] | null = null;

  constructor(manager: HttpConnectionManager, downstream: Stream, now: Nanoseconds) {
    this.manager = manager;
    this.downstream = downstream;
    this.head = downstream.head;
    this.startedAt = now;
  }

  /** The host of the last attempt, for logs. */
  get upstreamHost(): Host | null {
    return this.lastUpstream;
  }

  /** Whether the final answer is a host's and not the proxy's own. */
  get hasUpstreamAnswer(): boolean {
    return this.details === VIA_UPSTREAM;
  }

  /** Sends it upstream by a route to an existing cluster. The whole request has been received. */
  send(route: RouteEntry, retryPolicy: RetryPolicy, cluster: WorkerCluster): void {
    this.route = route;
    this.retryPolicy = retryPolicy;
    this.cluster = cluster;
    this.head = route.rewrite(this.head);
    const timeouts = effectiveTimeouts(route.timeout, retryPolicy.perTryTimeout, this.head, false);
    this.perTryTimeout = timeouts.perTry;
    this.startAttempt();
    if (timeouts.global > 0 && this.attempt !== null) {
      this.globalTimer = this.manager.simulator.timeout(timeouts.global, globalTimeout, this);
    }
  }

  // Host selection

  get hostSelectionRetryCount(): number {
    return this.attemptCount > 1 ? this.retryPolicy.hostSelectionRetryMaxAttempts : 0;
  }

  shouldSelectAnotherHost(host: Host): boolean {
    return this.attemptCount > 1 && (this.previousHosts?.includes(host) ?? false);
  }

  // Attempts

  private startAttempt(): void {
    const { manager, cluster } = this;
    this.attemptCount++;
    manager.attemptStarted(this);
    const host = cluster.loadBalancer.chooseHost(this);
    if (host === null) {
      manager.attemptEnded(NO_HOST, 503);
      cluster.cluster.stats.upstreamCxNoneHealthy.value++;
      this.setFlag("UH");
      this.chargeAndReply(503, NO_HEALTHY_UPSTREAM.length, "no_healthy_upstream");
      return;
    }
    this.lastUpstream = host;
    if (this.retryPolicy.avoidsPreviousHosts) (this.previousHosts ??= []).push(host);
    const upstream = cluster.upstream(host);
    this.downstream.request.lastHost = upstream.stationNumber;
    const pool = upstream.pool(this.route!.priority);
    this.attempt = new Attempt(this, upstream, pool);
    pool.newStream(this.attempt);
  }

  onPoolReady(attempt: Attempt, pooled: PooledConnection): void {
    attempt.upstream.monitor?.putResult("LocalOriginConnectSuccess");
    this.hasSentBytes = true;
    pooled.connection.send(attempt);
    if (this.perTryTimeout > 0) {
      attempt.perTryTimer = this.manager.simulator.timeout(this.perTryTimeout, perTryTimeout, attempt);
    }
  }

  onAttemptResponse(attempt: Attempt): void {
    const { status, pooled, pool } = attempt;
    pooled!.connection.release(attempt);
    this.attemptEnds(attempt, status);
    attempt.upstream.monitor?.putHttpCode(status);
    const wish =
      this.retryPolicy.retryOn === 0
        ? "no"
        : wantsRetryForHeaders(this.retryPolicy, status, attempt.responseHeaders);
    if (this.decidesToRetry(wish)) {
      this.cluster.cluster.stats.retriedCodes.charge(status);
      // What is left of the answer is not waited for.
      if (attempt.responseBodyBytes > 0) pool.resetStream(pooled!, attempt);
      else pool.onStreamClosed(pooled!);
      this.scheduleRetry(wish);
      return;
    }
    this.cluster.cluster.stats.codes.charge(status);
    this.downstream.responseHeaders = attempt.responseHeaders;
    this.finish(status, attempt.responseBodyBytes, VIA_UPSTREAM);
    pool.onStreamClosed(pooled!);
  }

  /** The attempt ended without an answer; its connection and pool know already. */
  onAttemptReset(attempt: Attempt, reason: ResetReason): void {
    this.attemptEnds(attempt, FIRST_RESET_RESULT + resetReasons.indexOf(reason));
    if (reason !== ResetReason.overflow) attempt.upstream.monitor?.putResult("LocalOriginConnectFailed");
    if (this.retriesReset(reason)) return;
    this.setFlag(flagOfReset(reason));
    const body =
      RESET_BEFORE_HEADERS +
      (this.attemptCount > 1 ? "retried and the latest " : "") +
      `reset reason: ${reason}`;
    const status = reason === ResetReason.protocolError ? 502 : 503;
    this.chargeAndReply(status, body.length, `upstream_reset_before_response_started{${reason.replaceAll(" ", "_")}}`);
  }

  onPerTryTimeout(attempt: Attempt): void {
    this.cluster.cluster.stats.upstreamRqPerTryTimeout.value++;
    this.resetAttempt(attempt);
    attempt.upstream.monitor?.putResult("LocalOriginTimeout", 504);
    if (this.retriesReset(ResetReason.localReset)) return;
    this.setFlag("UT");
    this.chargeAndReply(504, UPSTREAM_REQUEST_TIMEOUT.length, "upstream_per_try_timeout");
  }

  onGlobalTimeout(): void {
    const { attempt } = this;
    const { stats } = this.cluster.cluster;
    if (attempt !== null) {
      stats.upstreamRqTimeout.value++;
      if (attempt.pooled !== null) attempt.upstream.monitor?.putResult("LocalOriginTimeout", 504);
      stats.codes.charge(504);
      this.resetAttempt(attempt);
    }
    this.setFlag("UT");
    this.finish(504, UPSTREAM_REQUEST_TIMEOUT.length, "response_timeout");
  }

  /** The downstream side has gone: nobody waits any longer. */
  abandon(): void {
    if (this.attempt !== null) this.resetAttempt(this.attempt);
    this.setFlag("DC");
    this.details = "downstream_remote_disconnect";
    this.end();
    this.manager.abandoned(this);
  }

  private resetAttempt(attempt: Attempt): void {
    attempt.ended = true;
    this.attemptEnds(attempt, FIRST_RESET_RESULT + resetReasons.indexOf(ResetReason.localReset));
    if (attempt.pooled === null) attempt.pool.cancelPending(attempt);
    else attempt.pool.resetStream(attempt.pooled, attempt);
  }

  private attemptEnds(attempt: Attempt, result: number): void {
    this.attempt = null;
    this.manager.simulator.cancel(attempt.perTryTimer);
    this.manager.attemptEnded(attempt.upstream.stationNumber, result);
  }

  // Retries

  private retriesReset(reason: ResetReason): boolean {
    if (this.retryPolicy.retryOn === 0) return false;
    const wish = wantsRetryForReset(this.retryPolicy, reason, this.hasSentBytes);
    if (!this.decidesToRetry(wish)) return false;
    this.scheduleRetry(wish);
    return true;
  }

  /** Asks the limits about a wished retry, and counts what they say. */
  private decidesToRetry(wish: RetryWish): boolean {
    if (this.retryState === null) {
      if (wish === "no") return false;
      this.retryState = new RetryState(this.retryPolicy, this.cluster.breakers(this.route!.priority).retries);
    }
    const { stats } = this.cluster.cluster;
    switch (this.retryState.decide(wish)) {
      case "yes":
        return true;
      case "no":
        if (this.attemptCount > 1) stats.upstreamRqRetrySuccess.value++;
        return false;
      case "limit-exceeded":
        stats.upstreamRqRetryLimitExceeded.value++;
        this.setFlag("URX");
        return false;
      case "overflow":
        stats.upstreamRqRetryOverflow.value++;
        this.manager.overflowed();
        this.setFlag("UO");
        return false;
    }
  }

  private scheduleRetry(wish: RetryWish): void {
    const { simulator, random } = this.manager;
    const delay = wish === "immediate" ? 0 : this.retryState!.nextDelayMs(random) * MILLISECOND;
    this.backOffTimer = simulator.after(delay, wish === "immediate" ? retryAtOnce : retry, this);
  }

  onRetry(isBackOff: boolean): void {
    const { stats } = this.cluster.cluster;
    this.backOffTimer = 0;
    stats.upstreamRqRetry.value++;
    if (isBackOff) stats.upstreamRqRetryBackoffExponential.value++;
    this.manager.retried();
    this.startAttempt();
  }

  // The end

  setFlag(flag: ResponseFlagName): void {
    if (this.flags & ResponseFlag[flag]) return;
    this.flags |= ResponseFlag[flag];
    (this.flagsInOrder ??= []).push(flag);
  }

  private chargeAndReply(status: number, bodyBytes: number, details: string): void {
    this.cluster.cluster.stats.codes.charge(status);
    this.finish(status, bodyBytes, details);
  }

  /** Answers downstream, with an upstream's answer or with one of the proxy's own. */
  finish(status: number, bodyBytes: number, details: string): void {
    this.details = details;
    this.end();
    this.manager.respond(this, status, bodyBytes);
  }

  private end(): void {
    this.isFinished = true;
    this.manager.simulator.cancel(this.globalTimer);
    this.manager.simulator.cancel(this.backOffTimer);
    this.retryState?.release();
  }
}

/** Envoy 1.40, Filter::streamResetReasonToResponseFlag. */
function flagOfReset(reason: ResetReason): ResponseFlagName {
  switch (reason) {
    case ResetReason.localConnectionFailure:
    case ResetReason.remoteConnectionFailure:
    case ResetReason.connectionTimeout:
      return "UF";
    case ResetReason.connectionTermination:
      return "UC";
    case ResetReason.localReset:
      return "LR";
    case ResetReason.overflow:
      return "UO";
    case ResetReason.remoteReset:
    case ResetReason.remoteRefusedStreamReset:
      return "UR";
    case ResetReason.protocolError:
      return "UPE";
  }
}

function globalTimeout(routed: RoutedRequest): void {
  routed.onGlobalTimeout();
}

function perTryTimeout(attempt: Attempt): void {
  attempt.perTryTimer = 0;
  attempt.routed.onPerTryTimeout(attempt);
}

function retry(routed: RoutedRequest): void {
  routed.onRetry(true);
}

function retryAtOnce(routed: RoutedRequest): void {
  routed.onRetry(false);
}
