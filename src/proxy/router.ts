import { ResetReason } from "../http/reset-reason.ts";
import type { Handle } from "../kernel/simulator.ts";
import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import { NO_HEADERS, type ResponseHeaders } from "../network/stream.ts";
import { Attempt } from "./attempt.ts";
import { BalancedRequest } from "./balanced-request.ts";
import type { CodeStats } from "./cluster/code-stats.ts";
import { isDropped } from "./cluster/drop-overload.ts";
import type { Host } from "./cluster/host.ts";
import { readLoadReport } from "./cluster/load-report.ts";
import type { PooledConnection } from "./connection-pool/pooled-connection.ts";
import { VIA_UPSTREAM } from "./exchange.ts";
import { outlierCodeOf } from "./grpc-status.ts";
import type { RoutePlans } from "./request-plan.ts";
import { resetOutcome } from "./reset-outcome.ts";
import { askedIntervalMs, jitteredIntervalMs } from "./retry/rate-limited-back-off.ts";
import { type RetryWish, wantsRetryForHeaders, wantsRetryForReset } from "./retry/retry-decision.ts";
import { RetryState } from "./retry/retry-state.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

/** Texts of Envoy's local replies; their length matters, an answer with a body is not complete with its headers. */
const NO_HEALTHY_UPSTREAM = "no healthy upstream";
const OVERLOADED: ResponseHeaders = new Map([["x-envoy-overloaded", "true"]]);

const resetReasons = Object.values(ResetReason);
/** In the digest, results from here on are indices of reset reasons. */
const FIRST_RESET_RESULT = 1000;
/** In the digest, the attempt that found no host. */
const NO_HOST = -1;

/**
 * A request in a proxy, from the moment its route is known to its end: attempts, timeouts, retries, the final
 * answer. Follows Envoy 1.40, source/common/router/router.cc, without hedging and shadowing.
 */
export class RoutedRequest extends BalancedRequest {
  private attempt: Attempt | null = null;
  private lastUpstream: Host | null = null;
  private retryState: RetryState | null = null;
  private globalTimer: Handle = 0;
  private backOffTimer: Handle = 0;
  private hasSentBytes = false;

  /** The host of the last attempt, for logs. */
  override get upstreamHost(): Host | null {
    return this.lastUpstream;
  }

  override onDecoded(): void {
    this.manager.onDecoded(this);
  }

  /** Sends it upstream by a route to an existing cluster. The whole request has been received. */
  send(route: RouteEntry, plans: RoutePlans, cluster: WorkerCluster): void {
    const plan = plans.planFor(this.head);
    this.route = route;
    this.plans = plans;
    this.plan = plan;
    this.cluster = cluster;
    this.head = plan.head;
    if (cluster.cluster.isInMaintenance(this.manager.random)) {
      this.refuseForMaintenance();
      return;
    }
    const { dropOverload } = cluster.cluster;
    if (dropOverload > 0 && isDropped(dropOverload, this.manager.random)) {
      this.drop(dropOverload === 1);
      return;
    }
    this.startAttempt();
    if (plan.globalTimeout > 0 && this.attempt !== null) {
      this.globalTimer = this.manager.simulator.timeout(plan.globalTimeout, globalTimeout, this);
    }
  }

  private refuseForMaintenance(): void {
    this.cluster.cluster.stats.upstreamRqMaintenanceMode.value++;
    this.setFlag("UO");
    this.chargeAndReply(503, "maintenance mode", "maintenance_mode", OVERLOADED);
  }

  /** The cluster is overloaded, its discovery says: some requests are answered at once. */
  private drop(isUnconditional: boolean): void {
    const what = isUnconditional ? "unconditional drop overload" : "drop overload";
    const headers: ResponseHeaders = new Map([[`x-envoy-${what.replaceAll(" ", "-")}`, "true"]]);
    this.setFlag(isUnconditional ? "UDO" : "DO");
    this.chargeAndReply(503, what, what.replaceAll(" ", "_"), headers);
  }

  /** Starts the connection manager's timers, with the limits of the route where it has its own. */
  limit(streamIdleTimeout: Nanoseconds, maxStreamDuration: Nanoseconds | undefined): void {
    if (this.isFinished) return;
    const { globalTimeout, streamDuration } = this.plan;
    const idleTimeout = this.route!.idleTimeout ?? streamIdleTimeout;
    // Nothing moves between the request and its answer, so a shorter time limit makes this one moot.
    const isMoot = globalTimeout > 0 && globalTimeout < idleTimeout;
    this.startTimers(isMoot ? 0 : idleTimeout, streamDuration ?? maxStreamDuration);
  }

  // Attempts

  private startAttempt(): void {
    const { manager, cluster } = this;
    this.attemptCount++;
    manager.attemptStarted(this);
    const host = cluster.loadBalancer.chooseHost(this);
    manager.trace?.hostChosen(this, host);
    if (host === null) {
      manager.attemptEnded(NO_HOST, 503);
      cluster.cluster.stats.upstreamCxNoneHealthy.value++;
      this.setFlag("UH");
      this.chargeAndReply(503, NO_HEALTHY_UPSTREAM, "no_healthy_upstream");
      return;
    }
    this.lastUpstream = host;
    this.rememberAttempt(host);
    const upstream = cluster.upstream(host);
    this.downstream.request.lastHost = upstream.stationNumber;
    const pool = upstream.pool(this.route!.priority);
    this.attempt = new Attempt(this, upstream, pool);
    pool.newStream(this.attempt);
  }

  onPoolReady(attempt: Attempt, pooled: PooledConnection): void {
    attempt.upstream.monitor?.putResult("LocalOriginConnectSuccess");
    this.hasSentBytes = true;
    attempt.sentAt = this.manager.simulator.now;
    pooled.connection.send(attempt);
    const { perTryTimeout, retryPolicy } = this.plan;
    if (perTryTimeout > 0) {
      attempt.perTryTimer = this.manager.simulator.timeout(perTryTimeout, perTryTimedOut, attempt);
    }
    if (retryPolicy.perTryIdleTimeout > 0) this.startPerTryIdleTimer(attempt);
  }

  private startPerTryIdleTimer(attempt: Attempt): void {
    const { simulator } = this.manager;
    simulator.cancel(attempt.perTryIdleTimer);
    attempt.perTryIdleTimer = simulator.timeout(this.plan.retryPolicy.perTryIdleTimeout, perTryIdle, attempt);
  }

  onAttemptResponse(attempt: Attempt): void {
    const { status, pooled, pool, isResponseComplete } = attempt;
    const { retryPolicy } = this.plan;
    if (isResponseComplete) {
      pooled!.connection.release(attempt);
      this.attemptEnds(attempt, status);
    }
    const outlierCode = outlierCodeOf(status, attempt.responseHeaders, this.downstream.head);
    attempt.upstream.monitor?.putHttpCode(outlierCode);
    if (attempt.responseHeaders !== NO_HEADERS) {
      this.reportLoad(attempt);
      this.reportHealth(attempt, outlierCode);
    }
    const wish =
      retryPolicy.retryOn === 0 ? "no" : wantsRetryForHeaders(retryPolicy, status, attempt.responseHeaders);
    if (this.decidesToRetry(wish)) {
      this.cluster.cluster.stats.retriedCodes.charge(status);
      // What is left of the answer is not waited for.
      if (!isResponseComplete) this.resetAttempt(attempt);
      else if (attempt.responseBodyBytes > 0) pool.resetStream(pooled!, attempt);
      else pool.onStreamClosed(pooled!);
      this.scheduleRetry(wish, attempt.responseHeaders);
      return;
    }
    this.codes.charge(status);
    this.downstream.responseHeaders = this.withOwnHeaders(attempt.responseHeaders);
    if (!isResponseComplete) {
      this.passOnBeginning(attempt);
      return;
    }
    this.finish(status, attempt.responseBodyBytes, VIA_UPSTREAM);
    pool.onStreamClosed(pooled!);
  }

  /** An answer may carry a load report of its host. */
  private reportLoad({ upstream, responseHeaders }: Attempt): void {
    const { loadBalancer } = this.cluster;
    if (loadBalancer.onLoadReport === undefined) return;
    const report = readLoadReport(responseHeaders);
    if (report !== undefined) loadBalancer.onLoadReport(upstream.host, report);
  }

  /** An answer may say that its host is degraded, though not an error; or that it is out. */
  private reportHealth({ upstream, responseHeaders }: Attempt, outlierCode: number): void {
    if (outlierCode < 500 && responseHeaders.has("x-envoy-degraded")) upstream.monitor?.putDegraded();
    if (responseHeaders.has("x-envoy-immediate-health-check-fail"))
      this.cluster.cluster.failImmediately(upstream.host);
  }

  /** Passes on an answer of which only the beginning comes. */
  private passOnBeginning(attempt: Attempt): void {
    this.responseStarted = true;
    this.details = VIA_UPSTREAM;
    this.releaseRetries();
    if (this.plan.retryPolicy.perTryIdleTimeout > 0) this.startPerTryIdleTimer(attempt);
    this.manager.startResponse(this, attempt.status, attempt.responseBodyBytes);
  }

  /** The attempt ended without an answer; its connection and pool know already. */
  onAttemptReset(attempt: Attempt, reason: ResetReason): void {
    this.attemptEnds(attempt, FIRST_RESET_RESULT + resetReasons.indexOf(reason));
    if (reason !== ResetReason.overflow) attempt.upstream.monitor?.putResult("LocalOriginConnectFailed");
    if (this.retriesReset(reason)) return;
    const { status, flag, body, details } = resetOutcome(reason, this.attemptCount > 1, this.responseStarted);
    this.setFlag(flag);
    // Envoy does not know the host of an attempt that its pool would not let wait.
    if (reason === ResetReason.overflow && !attempt.gotConnection) this.lastUpstream = null;
    this.chargeAndReply(status, body, details, reason === ResetReason.overflow ? OVERLOADED : NO_HEADERS);
  }

  onPerTryTimeout(attempt: Attempt): void {
    // A response that has begun may go on until the global timeout.
    if (this.responseStarted) return;
    this.cluster.cluster.stats.upstreamRqPerTryTimeout.value++;
    this.endTry(attempt, "upstream_per_try_timeout");
  }

  onPerTryIdleTimeout(attempt: Attempt): void {
    this.cluster.cluster.stats.upstreamRqPerTryIdleTimeout.value++;
    this.endTry(attempt, "upstream_per_try_idle_timeout");
  }

  private endTry(attempt: Attempt, details: string): void {
    this.resetAttempt(attempt);
    attempt.upstream.monitor?.putResult("LocalOriginTimeout", this.plan.timeoutStatus);
    if (this.retriesReset(ResetReason.localReset)) return;
    this.setFlag("UT");
    this.chargeAndReply(this.plan.timeoutStatus, this.plan.timeoutBody, details);
  }

  onGlobalTimeout(): void {
    const { attempt, plan } = this;
    if (attempt !== null) {
      this.cluster.cluster.stats.upstreamRqTimeout.value++;
      if (!this.responseStarted) {
        if (attempt.pooled !== null)
          attempt.upstream.monitor?.putResult("LocalOriginTimeout", plan.timeoutStatus);
        this.codes.charge(plan.timeoutStatus);
      }
      this.resetAttempt(attempt);
    }
    this.setFlag("UT");
    this.replyLocally(
      plan.timeoutStatus,
      this.plan.timeoutBody,
      "response_timeout",
      this.withOwnHeaders(NO_HEADERS),
    );
  }

  /** The connection manager ends the exchange; the router charges nothing for it. */
  override cutShort(body: string, details: string, grpcStatus: number | undefined): void {
    if (this.attempt !== null) this.resetAttempt(this.attempt);
    this.replyLocally(504, body, details, NO_HEADERS, grpcStatus);
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
    const { loadBalancer } = this.cluster;
    if (loadBalancer.onRequestEnded !== undefined && attempt.pooled !== null)
      loadBalancer.onRequestEnded(attempt.upstream.host, this.manager.simulator.now - attempt.sentAt);
    this.attempt = null;
    this.manager.simulator.cancel(attempt.perTryTimer);
    this.manager.simulator.cancel(attempt.perTryIdleTimer);
    this.manager.attemptEnded(attempt.upstream.stationNumber, result);
    this.manager.trace?.attemptEnded(
      this,
      attempt.upstream.host,
      resetReasons[result - FIRST_RESET_RESULT] ?? result,
    );
  }

  // Retries

  private retriesReset(reason: ResetReason): boolean {
    const { retryPolicy } = this.plan;
    if (retryPolicy.retryOn === 0 || this.responseStarted) return false;
    const wish = wantsRetryForReset(retryPolicy, reason, this.hasSentBytes);
    if (!this.decidesToRetry(wish)) return false;
    this.scheduleRetry(wish, NO_HEADERS);
    return true;
  }

  /** Asks the limits about a wished retry, and counts what they say. */
  private decidesToRetry(wish: RetryWish): boolean {
    if (this.retryState === null) {
      if (wish === "no") return false;
      this.retryState = new RetryState(
        this.plan.retryPolicy,
        this.cluster.breakers(this.route!.priority).retries,
      );
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

  private scheduleRetry(wish: RetryWish, headers: ResponseHeaders): void {
    const { simulator, random } = this.manager;
    const { rateLimitedBackOff } = this.plan.retryPolicy;
    const asked = rateLimitedBackOff && askedIntervalMs(rateLimitedBackOff, headers, simulator.now);
    if (wish === "immediate") {
      this.backOffTimer = simulator.after(0, retryAtOnce, this);
    } else if (asked !== undefined && asked > 1) {
      this.backOffTimer = simulator.after(
        jitteredIntervalMs(asked, random) * MILLISECOND,
        retryAsAsked,
        this,
      );
    } else {
      this.backOffTimer = simulator.after(this.retryState!.nextDelayMs(random) * MILLISECOND, retry, this);
    }
  }

  /** `backOff`: the counter of this kind of back-off. */
  onRetry(backOff: "upstreamRqRetryBackoffExponential" | "upstreamRqRetryBackoffRatelimited" | null): void {
    const { stats } = this.cluster.cluster;
    const { simulator } = this.manager;
    this.backOffTimer = 0;
    stats.upstreamRqRetry.value++;
    if (backOff !== null) stats[backOff].value++;
    this.manager.retried();
    this.head = this.plans.headOfRetry(this.plan, this.attemptCount + 1, simulator.now - this.startedAt);
    this.startAttempt();
  }

  // The end

  private chargeAndReply(status: number, body: string, details: string, headers = NO_HEADERS): void {
    if (!this.responseStarted) this.codes.charge(status);
    this.replyLocally(status, body, details, this.withOwnHeaders(headers));
  }

  /** Counters of final answers, apart for internal and external requests. */
  private get codes(): CodeStats {
    const { codes, internalCodes } = this.cluster.cluster.stats;
    return this.isInternal ? internalCodes : codes;
  }

  private withOwnHeaders(headers: ResponseHeaders): ResponseHeaders {
    const { countsAttemptsInResponse } = this.route!;
    if (!countsAttemptsInResponse && this.cookie === null) return headers;
    const all = new Map(headers);
    if (countsAttemptsInResponse) all.set("x-envoy-attempt-count", String(this.attemptCount));
    if (this.cookie !== null) all.set("set-cookie", this.cookie);
    return all;
  }

  /** No retry will follow: the slot of the retry breaker and the back-off are given up. */
  private releaseRetries(): void {
    this.manager.simulator.cancel(this.backOffTimer);
    this.retryState?.release();
  }

  protected override releaseUpstream(): void {
    this.manager.simulator.cancel(this.globalTimer);
    this.releaseRetries();
  }
}

function globalTimeout(routed: RoutedRequest): void {
  routed.onGlobalTimeout();
}

function perTryIdle(attempt: Attempt): void {
  attempt.perTryIdleTimer = 0;
  attempt.routed.onPerTryIdleTimeout(attempt);
}

function perTryTimedOut(attempt: Attempt): void {
  attempt.perTryTimer = 0;
  attempt.routed.onPerTryTimeout(attempt);
}

function retry(routed: RoutedRequest): void {
  routed.onRetry("upstreamRqRetryBackoffExponential");
}

function retryAsAsked(routed: RoutedRequest): void {
  routed.onRetry("upstreamRqRetryBackoffRatelimited");
}

function retryAtOnce(routed: RoutedRequest): void {
  routed.onRetry(null);
}
