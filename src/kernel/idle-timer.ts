import type { Handle, Handler, Simulator } from "./simulator.ts";
import type { Nanoseconds } from "./time.ts";

/**
 * Tells when something has been idle for so long. Going to work and coming to rest cost two assignments: the
 * event that is pending stays where it is, and when its time comes while there was work since, it is set anew
 * for the rest of the time. So the timer runs off at the exact instant, with one event for each timeout that
 * goes by.
 */
export class IdleTimer<T> {
  private readonly simulator: Simulator;
  private timeout: Nanoseconds;
  private readonly onExpired: Handler<T>;
  private readonly arg: T;
  /** Infinity while there is work. */
  private idleSince: Nanoseconds = Number.POSITIVE_INFINITY;
  private pending: Handle = 0;

  /** `onExpired(arg)` is called once the thing was at rest for `timeout`, which is more than 0. */
  constructor(simulator: Simulator, timeout: Nanoseconds, onExpired: Handler<T>, arg: T) {
    this.simulator = simulator;
    this.timeout = timeout;
    this.onExpired = onExpired;
    this.arg = arg;
  }

  /** It is idle from now on. */
  rest(): void {
    this.idleSince = this.simulator.now;
    if (this.pending === 0) this.pending = this.simulator.timeout(this.timeout, check<T>, this);
  }

  /** Another limit from now on, also for the present rest. */
  change(timeout: Nanoseconds): void {
    if (timeout === this.timeout) return;
    this.timeout = timeout;
    this.simulator.cancel(this.pending);
    this.pending = 0;
    if (this.idleSince === Number.POSITIVE_INFINITY) return;
    const left = Math.max(0, this.idleSince + timeout - this.simulator.now);
    this.pending = this.simulator.timeout(left, check<T>, this);
  }

  /** It has work. */
  work(): void {
    this.idleSince = Number.POSITIVE_INFINITY;
  }

  /** It is gone: nothing will be told. */
  stop(): void {
    this.simulator.cancel(this.pending);
    this.pending = 0;
    this.idleSince = Number.POSITIVE_INFINITY;
  }

  check(): void {
    this.pending = 0;
    if (this.idleSince === Number.POSITIVE_INFINITY) return;
    const left = this.idleSince + this.timeout - this.simulator.now;
    if (left > 0) this.pending = this.simulator.timeout(left, check<T>, this);
    else this.onExpired(this.arg);
  }
}

function check<T>(timer: IdleTimer<T>): void {
  timer.check();
}
