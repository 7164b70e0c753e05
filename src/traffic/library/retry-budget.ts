import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { WindowedAdder } from "./windowed-adder.ts";

export interface RetryBudgetSettings {
  /** How long a deposit or a withdrawal counts. */
  readonly ttl: Nanoseconds;
  /** Retries a second that are allowed without any traffic. */
  readonly minRetriesPerSecond: number;
  /** Retries for each successful request, 0 to 1. */
  readonly percent: number;
}

const DEPOSIT = 1000;
const SLICES = 10;

/**
 * Finagle's RetryBudget: successes pay in, retries are paid for, and both are forgotten after the time to live.
 * It holds a window, not a store: what a minute of calm has saved is gone after ten seconds.
 */
export class RetryBudget {
  private readonly movements: WindowedAdder;
  private readonly deposited: number;
  private readonly withdrawn: number;
  private readonly reserve: number;

  constructor({ ttl, minRetriesPerSecond, percent }: RetryBudgetSettings, now: Nanoseconds) {
    this.deposited = percent === 0 ? 0 : DEPOSIT;
    this.withdrawn = percent === 0 ? 1 : Math.trunc(DEPOSIT / percent);
    this.reserve = Math.trunc((minRetriesPerSecond * ttl * this.withdrawn) / SECOND);
    this.movements = new WindowedAdder(ttl, SLICES, now);
  }

  deposit(now: Nanoseconds): void {
    this.movements.add(this.deposited, now);
  }

  /** Pays for a retry, if there is enough. */
  tryWithdraw(now: Nanoseconds): boolean {
    if (this.count(now) < this.withdrawn) return false;
    this.movements.add(-this.withdrawn, now);
    return true;
  }

  /** How many retries it would pay for. */
  balance(now: Nanoseconds): number {
    return Math.trunc(this.count(now) / this.withdrawn);
  }

  private count(now: Nanoseconds): number {
    return this.reserve + this.movements.sum(now);
  }
}
