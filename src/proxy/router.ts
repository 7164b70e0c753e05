import { ResetReason } from "../http/reset-reason.ts";
import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import { NO_HEADERS, type ResponseHeaders } from "../network/stream.ts";
import type { Attempt } from "./attempt.ts";
import { isDropped } from "./cluster/drop-overload.ts";
import { readLoadReport } from "./cluster/load-report.ts";
import { VIA_UPSTREAM } from "./exchange.ts";
import { outlierCodeOf } from "./grpc-status.ts";
import { followRedirect, RedirectHistory } from "./internal-redirect.ts";
import type { RoutePlans } from "./request-plan.ts";
import { resetOutcome } from "./reset-outcome.ts";
import { RetriedRequest } from "./retried-request.ts";
import { type MirrorPolicy, wantedCopies } from "./routing/mirror-policy.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

/** Texts of Envoy's local replies; their length matters, an answer with a body is not complete with its headers. */
const NO_HEALTHY_UPSTREAM = "no healthy upstream";
const DURATION_REACHED = "upstream max stream duration reached";
const OVERLOADED: ResponseHeaders = new Map([["x-envoy-overloaded", "true"]]);

const ATTEMPT_COUNT = "x-envoy-attempt-count";
/** Headers of answers that have no others, by the number of attempts. */
const attemptCounts: ResponseHeaders[] = [];

function attemptCountAlone(attempts: number): ResponseHeaders {
  return (attemptCounts[attempts] ??= new Map([[ATTEMPT_COUNT, String(attempts)]]));
}

/**
 * A request in a proxy, from the moment its route is known to its end: its time limits and its final answer; what
 * comes before is in AttemptingRequest and RetriedRequest. Follows Envoy 1.40, source/common/router/router.cc.
 */
export class RoutedRequest extends RetriedRequest {
  override onDecoded(): void {
    this.manager.onDecoded(this);
  }

  /** Sends it upstream by a route to an existing cluster. The whole request has been received. */
  send(route: RouteEntry, plans: RoutePlans, cluster: WorkerCluster): void {
    const { retryPolicy, mirrors: ofCluster } = cluster.cluster.config;
    this.route = route;
    this.plans = retryPolicy === undefined ? plans : plans.withRetries(retryPolicy);
    const plan = this.plans.planFor(this.head);
    this.plan = plan;
    this.cluster = cluster;
    this.completeAt = this.manager.simulator.now;
    if (plan.malformed !== undefined) {
      this.refuseMalformed(plan.malformed);
      return;
    }
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
    // Which copies a route wants was decided with the route, by the same stream id; a cluster comes before it.
    if (ofCluster.length > 0)
      this.copies = wantedCopies(ofCluster, this.head.method, this.manager.newStreamId());
    const hasHost = this.startAttempt();
    if (this.copies !== null && hasHost) this.mirror(this.copies);
    if (plan.globalTimeout > 0 && this.hasAttempts) {
      this.globalTimer = this.manager.simulator.timeout(plan.globalTimeout, globalTimeout, this);
    }
  }

  /** A body that comes in pieces is not copied any more when the request has been answered already. */
  private mirror(copies: readonly MirrorPolicy[]): void {
    const { head, globalTimeout } = this.plan;
    if (this.isFinished && head.bodyBytes > 0) return;
    this.manager.mirror(this, copies, head, globalTimeout);
  }

  private refuseMalformed([name, value]: readonly [string, string]): void {
    this.setFlag("IH");
    const details = `request_headers_failed_strict_check{${name}}`;
    this.replyLocally(400, `invalid header '${name}' with value '${value}'`, details);
  }

  private refuseForMaintenance(): void {
    this.cluster.cluster.stats.upstreamRqMaintenanceMode.value++;
    this.setFlag("UO");
    this.chargeAndReply(503, "maintenance mode", "maintenance_mode", this.ifTold(OVERLOADED));
  }

  /** The cluster is overloaded, its discovery says: some requests are answered at once. */
  private drop(isUnconditional: boolean): void {
    const what = isUnconditional ? "unconditional drop overload" : "drop overload";
    const headers: ResponseHeaders = new Map([[`x-envoy-${what.replaceAll(" ", "-")}`, "true"]]);
    this.setFlag(isUnconditional ? "UDO" : "DO");
    this.chargeAndReply(503, what, what.replaceAll(" ", "_"), this.ifTold(headers));
  }

  protected override onNoHost(): void {
    this.cluster.cluster.stats.upstreamCxNoneHealthy.value++;
    this.setFlag("UH");
    const details = this.cluster.loadBalancer.whyNoHost ?? "no_healthy_upstream";
    this.chargeAndReply(503, NO_HEALTHY_UPSTREAM, details);
  }

  /** Envoy says the same of it as of hosts that are not there. */
  protected override onNoPool(): void {
    this.manager.overflowed();
    this.onNoCluster();
  }

  protected override onNoCluster(): void {
    this.setFlag("UH");
    this.chargeAndReply(503, NO_HEALTHY_UPSTREAM, "no_healthy_upstream");
  }

  // Time limits

  /**
   * Starts the connection manager's timers, with the limits of the route where it has its own; where they run because a
   * filter has held the request back, its body, which moves on only now, ends the silence.
   */
  limit(streamIdleTimeout: Nanoseconds): void {
    if (this.isFinished) return;
    const { globalTimeout, streamDuration } = this.plan;
    const idleTimeout = this.route!.idleTimeout ?? streamIdleTimeout;
    if (this.isTimed) {
      if (this.head.bodyBytes > 0) this.restartIdleTimer(idleTimeout);
      return;
    }
    // Nothing moves between the request and its answer, so a shorter time limit makes this one moot.
    const isMoot = globalTimeout > 0 && globalTimeout < idleTimeout;
    this.startTimers(isMoot ? 0 : idleTimeout, streamDuration);
  }

  onPerTryTimeout(attempt: Attempt): void {
    this.manager.simulator.cancel(attempt.perTryIdleTimer);
    // A response that has begun may go on until the global timeout.
    if (this.responseStarted) return;
    if (this.plan.hedgesOnPerTryTimeout) {
      this.onSlowAttempt(attempt);
      return;
    }
    this.cluster.cluster.stats.upstreamRqPerTryTimeout.value++;
    this.endTry(attempt, "upstream_per_try_timeout");
  }

  onPerTryIdleTimeout(attempt: Attempt): void {
    this.manager.simulator.cancel(attempt.perTryTimer);
    if (this.plan.hedgesOnPerTryTimeout) {
      this.onSlowAttempt(attempt);
      return;
    }
    this.cluster.cluster.stats.upstreamRqPerTryIdleTimeout.value++;
    this.endTry(attempt, "upstream_per_try_idle_timeout");
  }

  /** Hedging: a slow attempt goes on. */
  private onSlowAttempt(attempt: Attempt): void {
    attempt.upstream.monitor?.putResult("LocalOriginTimeout", this.plan.timeoutStatus);
    attempt.isTimeoutReported = true;
    if (!this.responseStarted) this.hedge(attempt);
  }

  private endTry(attempt: Attempt, details: string): void {
    this.resetAttempt(attempt);
    attempt.upstream.monitor?.putResult("LocalOriginTimeout", this.plan.timeoutStatus);
    if (this.retriesReset(attempt, ResetReason.localReset, true)) return;
    this.setFlag("UT");
    this.chargeAndReply(this.plan.timeoutStatus, this.plan.timeoutBody, details, NO_HEADERS, attempt);
  }

  /** Envoy charges no code for it, and outlier detection does not hear of it. */
  override onMaxAttemptDuration(attempt: Attempt): void {
    attempt.pool.onMaxStreamDuration();
    this.resetAttempt(attempt);
    if (this.retriesReset(attempt, ResetReason.localReset, false)) return;
    this.setFlag("UMSDR");
    const details = "upstream_max_stream_duration_reached";
    this.replyLocally(504, DURATION_REACHED, details, this.withOwnHeaders(NO_HEADERS));
  }

  onGlobalTimeout(): void {
    const { plan } = this;
    for (const attempt of this.liveAttempts()) {
      this.cluster.cluster.stats.upstreamRqTimeout.value++;
      if (!this.responseStarted) {
        if (attempt.pooled !== null && !attempt.isTimeoutReported)
          attempt.upstream.monitor?.putResult("LocalOriginTimeout", plan.timeoutStatus);
        // Of an attempt that waits for a connection Envoy does not know the host.
        this.charge(plan.timeoutStatus, attempt.pooled === null ? null : attempt);
      }
    }
    this.setFlag("UT");
    this.replyLocally(
      plan.timeoutStatus,
      plan.timeoutBody,
      "response_timeout",
      this.withOwnHeaders(NO_HEADERS),
    );
  }

  // Answers

  onAttemptResponse(attempt: Attempt): void {
    const { status, isResponseComplete } = attempt;
    if (isResponseComplete) {
      attempt.pooled!.connection.release(attempt);
      this.attemptEnds(attempt, status);
    }
    const outlierCode = outlierCodeOf(status, attempt.responseHeaders, this.downstream.head);
    attempt.upstream.monitor?.putHttpCode(outlierCode);
    if (attempt.responseHeaders !== NO_HEADERS) {
      this.reportLoad(attempt);
      this.reportHealth(attempt, outlierCode);
    }
    const verdict = this.judgeAnswer(attempt);
    if (verdict === "retry") {
      this.cluster.cluster.stats.retriedCodes.charge(status);
      this.discardAnswer(attempt);
      this.scheduleRetryOf(attempt);
    } else if (this.route!.internalRedirects?.codes.includes(status) && this.followsRedirect(attempt)) {
      this.cluster.cluster.stats.upstreamInternalRedirectSucceededTotal.value++;
    } else if (verdict === "bad" && this.mayHaveOtherAnswer(attempt)) {
      this.discardAnswer(attempt);
    } else {
      this.passOn(attempt);
    }
  }

  /** Sends the request to where an answer points, if the route's policy allows that. */
  private followsRedirect(attempt: Attempt): boolean {
    const { status, responseHeaders: headers } = attempt;
    const { redirector } = this.manager;
    const { name, internalRedirects: policy } = this.route!;
    if (redirector === null || policy === undefined) return false;
    const history = (this.redirectHistory ??= new RedirectHistory());
    const redirect = { policy, routeName: name, head: this.head, status, headers, history };
    const head = followRedirect(redirect, (target) => redirector.routeOf(target, this));
    if (typeof head === "string") {
      redirector.redirectFailed(head);
      this.cluster.cluster.stats.upstreamInternalRedirectFailedTotal.value++;
      return false;
    }
    this.details = "internal_redirect";
    // The connection of a complete answer is free only when the request has gone on its new way.
    const isWhole = attempt.isResponseComplete && attempt.responseBodyBytes === 0;
    if (!isWhole) this.discardAnswer(attempt);
    this.end();
    redirector.recreate(this, head, status);
    if (isWhole) this.discardAnswer(attempt);
    return true;
  }

  /** An answer may carry a load report of its host. */
  private reportLoad({ upstream, responseHeaders }: Attempt): void {
    const { loadBalancer } = upstream;
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

  private passOn(attempt: Attempt): void {
    const { status } = attempt;
    this.charge(status, attempt);
    this.answeredBy(attempt);
    if (!this.plans.options.suppressesEnvoyHeaders) {
      const time = this.manager.simulator.now - this.completeAt;
      this.upstreamServiceTimeMs = Math.trunc(time / MILLISECOND);
    }
    this.downstream.responseHeaders = this.withOwnHeaders(attempt.responseHeaders);
    this.downstream.rateLimitResponse = attempt.rateLimitResponse;
    if (!attempt.isResponseComplete) {
      this.passOnBeginning(attempt);
      return;
    }
    this.finish(status, attempt.responseBodyBytes, VIA_UPSTREAM);
    attempt.pool.onStreamClosed(attempt.pooled!);
  }

  /** Passes on an answer of which only the beginning comes. */
  private passOnBeginning(attempt: Attempt): void {
    this.responseStarted = true;
    this.details = VIA_UPSTREAM;
    this.releaseRetries();
    this.resetAttempts(attempt);
    if (this.plan.perTryIdleTimeout > 0) this.startPerTryIdleTimer(attempt);
    this.manager.startResponse(this, attempt.status, attempt.responseBodyBytes);
  }

  onAttemptReset(attempt: Attempt, reason: ResetReason): void {
    this.attemptWasReset(attempt, reason);
    if (reason !== ResetReason.overflow) attempt.upstream.monitor?.putResult("LocalOriginConnectFailed");
    if (this.retriesReset(attempt, reason, false)) return;
    const { status, flag, body, details } = resetOutcome(reason, this.attemptCount > 1, this.responseStarted);
    const isHostUnknown = reason === ResetReason.overflow && !attempt.gotConnection;
    if (!this.responseStarted) this.charge(status, isHostUnknown ? null : attempt);
    if (this.mayHaveOtherAnswer(attempt)) return;
    this.setFlag(flag);
    if (isHostUnknown) this.forgetHost();
    const headers = reason === ResetReason.overflow ? this.ifTold(OVERLOADED) : NO_HEADERS;
    this.replyLocally(status, body, details, this.withOwnHeaders(headers));
  }

  // The end

  /** The connection manager ends the exchange; the router charges nothing for it. */
  override cutShort(body: string, details: string, grpcStatus: number | undefined): void {
    this.replyLocally(504, body, details, NO_HEADERS, grpcStatus);
  }

  /** The downstream side has gone: nobody waits any longer. */
  abandon(): void {
    this.setFlag("DC");
    this.details = "downstream_remote_disconnect";
    this.end();
    this.manager.abandoned(this);
  }

  /** `attempt`: the one that has caused the reply, if it had got to a host. */
  private chargeAndReply(
    status: number,
    body: string,
    details: string,
    headers = NO_HEADERS,
    attempt: Attempt | null = null,
  ): void {
    if (!this.responseStarted) this.charge(status, attempt);
    this.replyLocally(status, body, details, this.withOwnHeaders(headers));
  }

  /** Counts a final answer: apart for internal and external requests, and by where it comes from, if known. */
  private charge(status: number, attempt: Attempt | null): void {
    const { stats, origins } = this.cluster.cluster;
    (this.isInternal ? stats.internalCodes : stats.codes).charge(status);
    if (attempt !== null) origins.charge(status, attempt.upstream.host, attempt.responseHeaders);
  }

  /** Headers of Envoy's own, where answers are to have them. */
  private ifTold(headers: ResponseHeaders): ResponseHeaders {
    return this.plans.options.suppressesEnvoyHeaders ? NO_HEADERS : headers;
  }

  private withOwnHeaders(headers: ResponseHeaders): ResponseHeaders {
    const { countsAttemptsInResponse } = this.route!;
    if (!countsAttemptsInResponse && this.cookie === null) return headers;
    if (headers === NO_HEADERS && this.cookie === null) return attemptCountAlone(this.attemptCount);
    const all = new Map(headers);
    if (countsAttemptsInResponse) all.set(ATTEMPT_COUNT, String(this.attemptCount));
    if (this.cookie !== null) all.set("set-cookie", this.cookie);
    return all;
  }

  protected override releaseUpstream(): void {
    this.manager.simulator.cancel(this.globalTimer);
    this.releaseRetries();
    // Nobody waits for them any more, whatever the end is.
    this.resetAttempts(null);
  }
}

function globalTimeout(routed: RoutedRequest): void {
  routed.onGlobalTimeout();
}
