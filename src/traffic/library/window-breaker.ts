import type { Nanoseconds } from "../../kernel/time.ts";
import { type CallWindow, CountWindow, TimeWindow } from "./call-window.ts";

export interface WindowBreakerSettings {
  /** The last so many calls, or the calls of the last so many seconds. */
  readonly window: { readonly kind: "count" | "time"; readonly size: number };
  /** So many calls in the window before rates are worked out; a window by count asks for no more than it holds. */
  readonly minimumCalls: number;
  /** 0 to 1; the breaker opens from there on. */
  readonly failureRate: number;
  /** 0 to 1; the breaker opens from there on. */
  readonly slowCallRate: number;
  /** A call is slow that takes longer. */
  readonly slowCall: Nanoseconds;
  /** How many calls may try in HALF_OPEN, and how many then decide. */
  readonly halfOpenCalls: number;
  /** How long it stays open; a call later than that makes it HALF_OPEN. */
  readonly wait: Nanoseconds;
}

export type BreakerStatus = "CLOSED" | "OPEN" | "HALF_OPEN";

/**
 * resilience4j's circuit breaker: it judges after each call, by the rates of failures and of slow calls in a
 * sliding window. In HALF_OPEN so many calls try, and their rates decide. It does not ask in which state a call
 * began: one that comes back late counts in the state of now. Source: resilience4j 2, CircuitBreakerStateMachine.
 */
export class WindowBreaker {
  private readonly settings: WindowBreakerSettings;
  private state: BreakerStatus = "CLOSED";
  private openUntil: Nanoseconds = 0;
  private permits = 0;
  private window: CallWindow;
  private minimum = 0;

  constructor(settings: WindowBreakerSettings, now: Nanoseconds) {
    this.settings = settings;
    this.window = this.close(now);
  }

  get status(): BreakerStatus {
    return this.state;
  }

  /** Whether a call may go ahead now. */
  attempt(now: Nanoseconds): boolean {
    if (this.state === "CLOSED") return true;
    if (this.state === "OPEN") {
      if (now <= this.openUntil) return false;
      this.tryOut();
    }
    if (this.permits === 0) return false;
    this.permits--;
    return true;
  }

  /** A call has ended after `duration`. */
  ended(isFailure: boolean, duration: Nanoseconds, now: Nanoseconds): void {
    const isSlow = duration > this.settings.slowCall;
    this.window.record(isFailure, isSlow, now);
    if (this.state === "OPEN") return;
    const verdict = this.judge(now);
    if (verdict === "bad") this.open(now);
    else if (verdict === "good" && this.state === "HALF_OPEN") this.close(now);
  }

  /** A call was given up: it says nothing, and another may try in its place. */
  releasePermission(): void {
    if (this.state === "HALF_OPEN") this.permits++;
  }

  private judge(now: Nanoseconds): "too few" | "good" | "bad" {
    const { calls, failures, slow } = this.window.counts(now);
    if (calls === 0 || calls < this.minimum) return "too few";
    const { failureRate, slowCallRate } = this.settings;
    // Quotients: 11 of 20 are 55 %, but less than 0.55 * 20 as doubles are multiplied.
    return failures / calls >= failureRate || slow / calls >= slowCallRate ? "bad" : "good";
  }

  private open(now: Nanoseconds): void {
    this.state = "OPEN";
    this.openUntil = now + this.settings.wait;
  }

  private tryOut(): void {
    const { halfOpenCalls, minimumCalls } = this.settings;
    this.state = "HALF_OPEN";
    this.permits = halfOpenCalls;
    this.minimum = Math.min(minimumCalls, halfOpenCalls);
    this.window = new CountWindow(halfOpenCalls);
  }

  private close(now: Nanoseconds): CallWindow {
    const { window, minimumCalls } = this.settings;
    const { kind, size } = window;
    this.state = "CLOSED";
    this.minimum = kind === "count" ? Math.min(minimumCalls, size) : minimumCalls;
    this.window = kind === "count" ? new CountWindow(size) : new TimeWindow(size, now);
    return this.window;
  }
}
