import { ResetReason } from "../http/reset-reason.ts";
import { Attempt } from "./attempt.ts";
import { BalancedRequest } from "./balanced-request.ts";
import type { Host } from "./cluster/host.ts";
import type { PooledConnection } from "./connection-pool/pooled-connection.ts";

const resetReasons = Object.values(ResetReason);
/** In the digest, results from here on are indices of reset reasons. */
const FIRST_RESET_RESULT = 1000;
/** In the digest, the attempt that found no host. */
const NO_HOST = -1;

/** A request and its attempts: choosing hosts, starting attempts, and how they end (Envoy: upstream_requests_). */
export abstract class AttemptingRequest extends BalancedRequest {
  /** No host was found for an attempt. */
  protected abstract onNoHost(): void;

  /** There was a host for an attempt, but no pool of connections to it is allowed. */
  protected abstract onNoPool(): void;

  /** The host that answered, otherwise that of the last attempt, for logs. */
  override get upstreamHost(): Host | null {
    return this.lastUpstream;
  }

  protected get hasAttempts(): boolean {
    return this.oldestAttempt !== null;
  }

  protected hasOtherAttempts(than: Attempt): boolean {
    const oldest = this.oldestAttempt;
    return oldest !== null && (oldest !== than || oldest.next !== null);
  }

  /** Those that have not ended, the oldest first. */
  protected liveAttempts(): Attempt[] {
    const attempts: Attempt[] = [];
    for (let attempt = this.oldestAttempt; attempt !== null; attempt = attempt.next) attempts.push(attempt);
    return attempts;
  }

  /** Tells whether there was a host for it. */
  protected startAttempt(): boolean {
    const { manager, cluster } = this;
    this.attemptCount++;
    manager.attemptStarted(this);
    const host = cluster.loadBalancer.chooseHost(this);
    manager.trace?.hostChosen(this, host);
    if (host === null) {
      manager.attemptEnded(NO_HOST, 503);
      this.onNoHost();
      return false;
    }
    const upstream = cluster.upstream(host);
    const pool = upstream.pool(this.route!.priority);
    if (pool === null) {
      manager.attemptEnded(NO_HOST, 503);
      this.onNoPool();
      return false;
    }
    this.lastUpstream = host;
    this.rememberAttempt(host);
    this.downstream.request.lastHost = upstream.stationNumber;
    const attempt = new Attempt(this, upstream, pool);
    this.addAttempt(attempt);
    cluster.preconnect?.beforeStream(cluster, this.route!.priority, this);
    pool.newStream(attempt);
    return true;
  }

  onPoolReady(attempt: Attempt, pooled: PooledConnection): void {
    attempt.upstream.monitor?.putResult("LocalOriginConnectSuccess");
    this.hasSentBytes = true;
    attempt.sentAt = this.manager.simulator.now;
    pooled.connection.send(attempt);
    const { perTryTimeout, perTryIdleTimeout, maxAttemptDuration } = this.plan;
    if (perTryTimeout > 0) {
      attempt.perTryTimer = this.manager.simulator.timeout(perTryTimeout, perTryTimedOut, attempt);
    }
    if (perTryIdleTimeout > 0) this.startPerTryIdleTimer(attempt);
    const maxDuration = maxAttemptDuration ?? attempt.pool.options.maxStreamDuration;
    if (maxDuration > 0) {
      attempt.maxDurationTimer = this.manager.simulator.timeout(maxDuration, maxDurationReached, attempt);
    }
  }

  abstract onAttemptResponse(attempt: Attempt): void;

  /** The attempt ended without an answer; its connection and pool know already. */
  abstract onAttemptReset(attempt: Attempt, reason: ResetReason): void;

  abstract onPerTryTimeout(attempt: Attempt): void;

  abstract onPerTryIdleTimeout(attempt: Attempt): void;

  abstract onMaxAttemptDuration(attempt: Attempt): void;

  protected startPerTryIdleTimer(attempt: Attempt): void {
    const { simulator } = this.manager;
    simulator.cancel(attempt.perTryIdleTimer);
    attempt.perTryIdleTimer = simulator.timeout(this.plan.perTryIdleTimeout, perTryIdle, attempt);
  }

  /** Of the attempts the one that ended last is logged, unless another one gave the answer. */
  protected answeredBy({ upstream }: Attempt): void {
    this.lastUpstream = upstream.host;
  }

  /** Envoy does not know the host of an attempt that its pool would not let wait. */
  protected forgetHost(): void {
    this.lastUpstream = null;
  }

  protected resetAttempt(attempt: Attempt): void {
    attempt.ended = true;
    this.attemptWasReset(attempt, ResetReason.localReset);
    if (attempt.pooled === null) attempt.pool.cancelPending(attempt);
    else attempt.pool.resetStream(attempt.pooled, attempt);
  }

  /** Gives up the attempts that have not ended, all or all but one. */
  protected resetAttempts(butNot: Attempt | null): void {
    let attempt = this.oldestAttempt;
    while (attempt !== null) {
      const { next } = attempt;
      if (attempt !== butNot) this.resetAttempt(attempt);
      attempt = next;
    }
  }

  /** What has come of an answer is not used, what is left of it is not waited for. */
  protected discardAnswer(attempt: Attempt): void {
    const { pool, pooled } = attempt;
    if (!attempt.isResponseComplete) this.resetAttempt(attempt);
    else if (attempt.responseBodyBytes > 0) pool.resetStream(pooled!, attempt);
    else pool.onStreamClosed(pooled!);
  }

  protected attemptWasReset(attempt: Attempt, reason: ResetReason): void {
    this.attemptEnds(attempt, FIRST_RESET_RESULT + resetReasons.indexOf(reason));
  }

  protected attemptEnds(attempt: Attempt, result: number): void {
    const { loadBalancer } = attempt.upstream;
    if (loadBalancer.onRequestEnded !== undefined && attempt.pooled !== null)
      loadBalancer.onRequestEnded(attempt.upstream.host, this.manager.simulator.now - attempt.sentAt);
    this.removeAttempt(attempt);
    this.manager.simulator.cancel(attempt.perTryTimer);
    this.manager.simulator.cancel(attempt.perTryIdleTimer);
    if (attempt.maxDurationTimer !== 0) this.manager.simulator.cancel(attempt.maxDurationTimer);
    this.manager.attemptEnded(attempt.upstream.stationNumber, result);
    this.manager.trace?.attemptEnded(
      this,
      attempt.upstream.host,
      resetReasons[result - FIRST_RESET_RESULT] ?? result,
    );
  }

  private addAttempt(attempt: Attempt): void {
    let last = this.oldestAttempt;
    if (last === null) {
      this.oldestAttempt = attempt;
      return;
    }
    while (last.next !== null) last = last.next;
    last.next = attempt;
  }

  private removeAttempt(attempt: Attempt): void {
    if (this.oldestAttempt === attempt) {
      this.oldestAttempt = attempt.next;
      return;
    }
    let before = this.oldestAttempt!;
    while (before.next !== attempt) before = before.next!;
    before.next = attempt.next;
  }
}

function perTryIdle(attempt: Attempt): void {
  attempt.perTryIdleTimer = 0;
  attempt.routed.onPerTryIdleTimeout(attempt);
}

function maxDurationReached(attempt: Attempt): void {
  attempt.maxDurationTimer = 0;
  attempt.routed.onMaxAttemptDuration(attempt);
}

function perTryTimedOut(attempt: Attempt): void {
  attempt.perTryTimer = 0;
  attempt.routed.onPerTryTimeout(attempt);
}
