import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";

export interface HystrixBreakerSettings {
  /** So many calls in the window before the breaker judges. */
  readonly requestVolume: number;
  /** It opens from this share of errors on, 0 to 1. */
  readonly errorThreshold: number;
  readonly sleepWindow: Nanoseconds;
  readonly window: Nanoseconds;
}

export type HystrixStatus = "CLOSED" | "OPEN" | "HALF_OPEN";

/** How often Hystrix sums up its window. */
const HEALTH_INTERVAL: Nanoseconds = 500 * MILLISECOND;

/**
 * Hystrix's circuit breaker. It judges every 500 ms by the buckets that are complete, so that it opens up to
 * 500 ms late; a single trial decides whether it closes. Its ticks are made up for whenever it is asked, which
 * nobody can tell from a timer. Source: Hystrix 1.5, HystrixCircuitBreaker and HealthCountsStream.
 */
export class HystrixBreaker {
  private readonly settings: HystrixBreakerSettings;
  /** Complete buckets, as a ring. */
  private readonly totals: Float64Array;
  private readonly errors: Float64Array;
  private position = 0;
  private openTotal = 0;
  private openErrors = 0;
  private nextTick: Nanoseconds;
  private state: HystrixStatus = "CLOSED";
  private openedAt: Nanoseconds = 0;

  constructor(settings: HystrixBreakerSettings, now: Nanoseconds) {
    this.settings = settings;
    const buckets = Math.max(1, Math.floor(settings.window / HEALTH_INTERVAL));
    this.totals = new Float64Array(buckets);
    this.errors = new Float64Array(buckets);
    this.nextTick = now + HEALTH_INTERVAL;
  }

  status(now: Nanoseconds): HystrixStatus {
    this.advance(now);
    return this.state;
  }

  /** Whether a call may go ahead; where it may in HALF_OPEN, it is the trial. */
  attempt(now: Nanoseconds): boolean {
    this.advance(now);
    if (this.state === "CLOSED") return true;
    if (this.state === "HALF_OPEN" || now <= this.openedAt + this.settings.sleepWindow) return false;
    this.state = "HALF_OPEN";
    return true;
  }

  /** Counts a call that has ended, a rejected one too; short-circuited calls and given-up ones do not count. */
  count(isError: boolean, now: Nanoseconds): void {
    this.advance(now);
    this.openTotal++;
    if (isError) this.openErrors++;
  }

  /** A call has succeeded, which closes a breaker on trial. */
  markSuccess(now: Nanoseconds): void {
    if (this.state !== "HALF_OPEN") return;
    this.state = "CLOSED";
    this.totals.fill(0);
    this.errors.fill(0);
    this.openTotal = 0;
    this.openErrors = 0;
    this.nextTick = now + HEALTH_INTERVAL;
  }

  /** A call has not succeeded, for whatever reason, which opens a breaker on trial again. */
  markNonSuccess(now: Nanoseconds): void {
    if (this.state === "HALF_OPEN") this.open(now);
  }

  private advance(now: Nanoseconds): void {
    for (; this.nextTick <= now; this.nextTick += HEALTH_INTERVAL) this.tick(this.nextTick);
  }

  private tick(now: Nanoseconds): void {
    this.totals[this.position] = this.openTotal;
    this.errors[this.position] = this.openErrors;
    this.position = (this.position + 1) % this.totals.length;
    this.openTotal = 0;
    this.openErrors = 0;
    if (this.state === "CLOSED" && this.isUnhealthy()) this.open(now);
  }

  private isUnhealthy(): boolean {
    const total = sum(this.totals);
    if (total === 0 || total < this.settings.requestVolume) return false;
    // Hystrix cuts the percentage off. A quotient is the double that is nearest to it, as the threshold is; a product
    // such as 0.55 * 100 may lie above.
    return Math.trunc((sum(this.errors) * 100) / total) / 100 >= this.settings.errorThreshold;
  }

  private open(now: Nanoseconds): void {
    this.state = "OPEN";
    this.openedAt = now;
  }
}

function sum(buckets: Float64Array): number {
  return buckets.reduce((total, each) => total + each, 0);
}
