import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import { exp } from "../../random/distributions/exponential-function.ts";
import { type DrawBelow, EqualJittered } from "./back-off.ts";
import { WindowedAdder } from "./windowed-adder.ts";

export interface FailureAccrualSettings {
  /** So many failures in a row; Infinity: not judged. */
  readonly consecutive: number;
  readonly successRate: {
    /** 0 to 1; dead below it. 0: not judged. */
    readonly threshold: number;
    readonly window: Nanoseconds;
    /** So many requests in the window before it judges. */
    readonly minRequests: number;
  };
  /** How long an endpoint is dead: equal-jittered between these. */
  readonly base: Nanoseconds;
  readonly max: Nanoseconds;
}

/** Requests are counted in so many slices of the window. */
const SLICES = 5;

/** Whether an endpoint should be taken for dead, by failures in a row (Finagle, FailureAccrualPolicy). */
class ConsecutiveFailures {
  private readonly settings: FailureAccrualSettings;
  private readonly drawBelow: DrawBelow;
  private failures = 0;
  private waits: EqualJittered;

  constructor(settings: FailureAccrualSettings, drawBelow: DrawBelow) {
    this.settings = settings;
    this.drawBelow = drawBelow;
    this.waits = new EqualJittered(settings.base, settings.max, drawBelow);
  }

  succeeded(): void {
    this.failures = 0;
  }

  /** For how long it should be dead; 0: it should not. */
  failed(): Nanoseconds {
    return ++this.failures >= this.settings.consecutive ? this.waits.next() : 0;
  }

  revived(): void {
    this.failures = 0;
    this.waits = new EqualJittered(this.settings.base, this.settings.max, this.drawBelow);
  }
}

/** The same by a moving average of successes, which is judged once it is as old as its window. */
class SuccessRate {
  private readonly settings: FailureAccrualSettings;
  private readonly drawBelow: DrawBelow;
  private average = Number.NaN;
  private lastStamp: Nanoseconds = 0;
  private since: Nanoseconds;
  private requests: WindowedAdder;
  private waits: EqualJittered;

  constructor(settings: FailureAccrualSettings, drawBelow: DrawBelow, now: Nanoseconds) {
    this.settings = settings;
    this.drawBelow = drawBelow;
    this.since = now;
    this.requests = new WindowedAdder(settings.successRate.window, SLICES, now);
    this.waits = new EqualJittered(settings.base, settings.max, drawBelow);
  }

  succeeded(now: Nanoseconds): void {
    this.update(1, now);
  }

  failed(now: Nanoseconds): Nanoseconds {
    const { threshold, window, minRequests } = this.settings.successRate;
    this.update(0, now);
    const isBad = now - this.since >= window && this.average < threshold;
    return isBad && this.requests.sum(now) >= minRequests ? this.waits.next() : 0;
  }

  revived(now: Nanoseconds): void {
    this.average = Number.NaN;
    this.since = now;
    this.requests = new WindowedAdder(this.settings.successRate.window, SLICES, now);
    this.waits = new EqualJittered(this.settings.base, this.settings.max, this.drawBelow);
  }

  private update(value: number, now: Nanoseconds): void {
    this.requests.add(1, now);
    // Finagle's stamps are whole milliseconds.
    const stamp = Math.floor((now - this.since) / MILLISECOND) * MILLISECOND;
    const weight = exp(-(stamp - this.lastStamp) / this.settings.successRate.window);
    this.average = Number.isNaN(this.average) ? value : value * (1 - weight) + this.average * weight;
    this.lastStamp = stamp;
  }
}

/**
 * What Finagle's failure accrual knows of one endpoint: alive; dead for some time; or under a trial, in which one
 * request may go there and decides. It is dead if either policy says so, for the longer of their times.
 */
export class FailureAccrual {
  private readonly consecutive: ConsecutiveFailures;
  private readonly successRate: SuccessRate;
  private state: "alive" | "dead" | "probe-open" | "probe-closed" = "alive";
  private deadUntil: Nanoseconds = 0;

  constructor(settings: FailureAccrualSettings, drawBelow: DrawBelow, now: Nanoseconds) {
    this.consecutive = new ConsecutiveFailures(settings, drawBelow);
    this.successRate = new SuccessRate(settings, drawBelow, now);
  }

  /** Whether requests should go there. */
  isOpen(now: Nanoseconds): boolean {
    if (this.state === "dead" && now >= this.deadUntil) this.state = "probe-open";
    return this.state === "alive" || this.state === "probe-open";
  }

  /** A request goes there, wanted or because there was no other endpoint. */
  begun(now: Nanoseconds): void {
    if (this.isOpen(now) && this.state === "probe-open") this.state = "probe-closed";
  }

  succeeded(now: Nanoseconds): void {
    this.consecutive.succeeded();
    this.successRate.succeeded(now);
    if (this.state !== "probe-closed") return;
    this.state = "alive";
    this.consecutive.revived();
    this.successRate.revived(now);
  }

  failed(now: Nanoseconds): void {
    const isProbe = this.state === "probe-closed";
    if (this.state !== "alive" && !isProbe) return;
    const wait = Math.max(this.consecutive.failed(), this.successRate.failed(now));
    if (wait > 0) {
      this.state = "dead";
      this.deadUntil = now + wait;
    } else if (isProbe) {
      this.state = "probe-open";
    }
  }

  /** A request that went there was given up: it says nothing. */
  ignored(): void {
    if (this.state === "probe-closed") this.state = "probe-open";
  }
}
