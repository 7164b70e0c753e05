import type { ResetReason } from "../http/reset-reason.ts";
import { MILLISECOND } from "../kernel/time.ts";
import { NO_HEADERS, type ResponseHeaders } from "../network/stream.ts";
import type { Attempt } from "./attempt.ts";
import { AttemptingRequest } from "./attempting-request.ts";
import { askedIntervalMs, jitteredIntervalMs } from "./retry/rate-limited-back-off.ts";
import { type RetryWish, wantsRetryForHeaders, wantsRetryForReset } from "./retry/retry-decision.ts";
import { RetryState } from "./retry/retry-state.ts";
import { clusterOfAttempt } from "./routing/cluster-rotation.ts";

/**
 * What becomes of an answer: it is retried; it is good enough to be passed on; or it would have been retried, but
 * may not be, so that another attempt's answer is better than this one.
 */
export type AnswerVerdict = "retry" | "good" | "bad";

/** A request and its retries: what is retried, whether limits allow it, and when (Envoy 1.40, router.cc). */
export abstract class RetriedRequest extends AttemptingRequest {
  /** A retry should have gone to a cluster that does not exist. */
  protected abstract onNoCluster(): void;

  override get routedCluster(): string | null {
    return this.retryCluster ?? super.routedCluster;
  }

  /** Whether another answer may come than that of this attempt. */
  protected mayHaveOtherAnswer(than: Attempt): boolean {
    return this.backOffTimer !== 0 || this.hasOtherAttempts(than);
  }

  /** Judges an answer; of a retry that is granted the slot is taken, and `scheduleRetryOf` has to follow. */
  protected judgeAnswer(attempt: Attempt): AnswerVerdict {
    const { retryPolicy } = this.plan;
    if (!retryPolicy.isActive) return "good";
    const wish = wantsRetryForHeaders(retryPolicy, attempt.status, attempt.responseHeaders);
    if (attempt.isRetried) return wish === "no" ? "good" : "bad";
    if (this.decidesToRetry(wish, isGoneBeforeAnswer(attempt) ? -1 : 0)) return "retry";
    return wish === "no" ? "good" : "bad";
  }

  protected scheduleRetryOf({ status, responseHeaders }: Attempt): void {
    const wish = wantsRetryForHeaders(this.plan.retryPolicy, status, responseHeaders);
    this.scheduleRetry(wish, responseHeaders, false);
  }

  /** Schedules a retry of an attempt that was reset, if it is worth one and limits allow it. */
  protected retriesReset(attempt: Attempt, reason: ResetReason, isTimeout: boolean): boolean {
    const { retryPolicy } = this.plan;
    if (!retryPolicy.isActive || this.responseStarted || attempt.isRetried) return false;
    const wish = wantsRetryForReset(retryPolicy, reason, this.hasSentBytes);
    if (!this.decidesToRetry(wish, isThereAfterReset(attempt) ? 1 : 0)) return false;
    this.scheduleRetry(wish, NO_HEADERS, isTimeout);
    return true;
  }

  /**
   * Hedging: an attempt is slow, and another one is to run beside it, whatever the policy retries, if limits
   * allow it (Envoy 1.40, Filter::onSoftPerTryTimeout).
   */
  protected hedge(attempt: Attempt): void {
    if (!this.plan.retryPolicy.isActive || !this.decidesToRetry("backoff", 0)) return;
    attempt.isRetried = true;
    this.scheduleRetry("backoff", NO_HEADERS, true);
  }

  /** `backOff`: the counter of this kind of back-off. */
  onRetry(backOff: "upstreamRqRetryBackoffExponential" | "upstreamRqRetryBackoffRatelimited" | null): void {
    this.backOffTimer = 0;
    if (this.plan.retryPolicy.refreshesCluster && !this.refreshCluster()) return;
    const { stats } = this.cluster.cluster;
    const { simulator } = this.manager;
    stats.upstreamRqRetry.value++;
    if (backOff !== null) stats[backOff].value++;
    this.manager.retried();
    const elapsed = simulator.now - this.completeAt;
    this.head = this.plans.headOfRetry(this.plan, this.attemptCount + 1, elapsed, this.isTimeoutRetry);
    this.startAttempt();
  }

  /**
   * Sends the next attempt to another cluster where weighted clusters have one; limits and policies stay those of the
   * first. Tells whether the request goes on (Envoy 1.40, Filter::doRetry).
   */
  private refreshCluster(): boolean {
    const { match, plan, attemptCount } = this;
    // Requests of the proxy's own only borrow the match of those that cause them.
    if (match?.kind !== "route" || match.route !== this.route) return true;
    if (match.rotation === null || plan.hedgesOnPerTryTimeout) return true;
    this.retryCluster = clusterOfAttempt(match.rotation, attemptCount);
    const cluster = this.manager.worker.cluster(this.retryCluster);
    if (cluster !== undefined) {
      this.cluster = cluster;
      return true;
    }
    this.attemptCount++;
    this.onNoCluster();
    return false;
  }

  /** No retry will follow: the slot of the retry breaker and the back-off are given up. */
  protected releaseRetries(): void {
    this.manager.simulator.cancel(this.backOffTimer);
    this.backOffTimer = 0;
    this.retryState?.release();
  }

  /** Asks the limits about a wished retry, and counts what they say; `uncounted` as retry budgets want it. */
  private decidesToRetry(wish: RetryWish, uncounted: number): boolean {
    if (this.retryState === null) {
      if (wish === "no") return false;
      this.retryState = new RetryState(
        this.plan.retryPolicy,
        this.cluster.breakers(this.route!.priority).retries,
      );
    }
    const { stats } = this.cluster.cluster;
    switch (this.retryState.decide(wish, uncounted)) {
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

  private scheduleRetry(wish: RetryWish, headers: ResponseHeaders, isTimeout: boolean): void {
    const { simulator, random } = this.manager;
    const { rateLimitedBackOff } = this.plan.retryPolicy;
    this.isTimeoutRetry = isTimeout;
    const asked = rateLimitedBackOff && askedIntervalMs(rateLimitedBackOff, headers, simulator.now);
    if (wish === "immediate") {
      this.backOffTimer = simulator.after(0, retryAtOnce, this);
    } else if (asked !== undefined && asked > 1) {
      this.backOff(jitteredIntervalMs(asked, random), retryAsAsked);
    } else {
      this.backOff(this.retryState!.nextDelayMs(random), retry);
    }
  }

  private backOff(delayMs: number, then: (request: RetriedRequest) => void): void {
    const { simulator, timerClock } = this.manager;
    const duration = timerClock.durationOf(delayMs * MILLISECOND, simulator.now);
    this.backOffTimer = simulator.after(duration, then, this);
  }
}

/**
 * HTTP/2 takes a stream that has ended out of the account before the router hears of its end, HTTP/1.1 only after
 * that; here a stream leaves with a reset, and stays while its answer is judged.
 */
function isGoneBeforeAnswer({ pool, isResponseComplete, responseBodyBytes }: Attempt): boolean {
  return pool.options.protocol === "http2" && isResponseComplete && responseBodyBytes === 0;
}

function isThereAfterReset({ pool, pooled }: Attempt): boolean {
  return pooled !== null && pool.options.protocol === "http1";
}

function retry(request: RetriedRequest): void {
  request.onRetry("upstreamRqRetryBackoffExponential");
}

function retryAsAsked(request: RetriedRequest): void {
  request.onRetry("upstreamRqRetryBackoffRatelimited");
}

function retryAtOnce(request: RetriedRequest): void {
  request.onRetry(null);
}
