import type { Nanoseconds } from "../../../kernel/time.ts";
import { Outcome } from "../../../telemetry/outcome.ts";
import type { RetryBudget } from "../retry-budget.ts";
import type { TokenBucket } from "../token-bucket.ts";

/** What all calls of a client together may spend on retries. */
export interface RetryLimit {
  /** How many retries a call that begins now may have. */
  mostRetries(now: Nanoseconds): number;
  /** Pays for a retry after `status`, and says how much that was; 0: there is not enough. */
  take(status: number, now: Nanoseconds): number;
  /** A call has succeeded; `taken`: what its last retry took, 0 if there was none. */
  succeeded(taken: number, now: Nanoseconds): void;
}

/** So many tries a call, whatever others do. */
export class AttemptLimit implements RetryLimit {
  private readonly retries: number;

  constructor(attempts: number) {
    this.retries = attempts - 1;
  }

  mostRetries(): number {
    return this.retries;
  }

  take(_status: number, _now: Nanoseconds): number {
    return 1;
  }

  succeeded(_taken: number, _now: Nanoseconds): void {}
}

/** So many tries a call while the bucket has tokens. */
export class TokenBucketLimit extends AttemptLimit {
  private readonly bucket: TokenBucket;

  constructor(attempts: number, bucket: TokenBucket) {
    super(attempts);
    this.bucket = bucket;
  }

  override take(status: number): number {
    return this.bucket.take(status === Outcome.timeout);
  }

  override succeeded(taken: number): void {
    this.bucket.succeeded(taken);
  }
}

/** So many tries a call while the budget pays. */
export class BudgetLimit extends AttemptLimit {
  protected readonly budget: RetryBudget;

  constructor(attempts: number, budget: RetryBudget) {
    super(attempts);
    this.budget = budget;
  }

  override take(_status: number, now: Nanoseconds): number {
    return this.budget.tryWithdraw(now) ? 1 : 0;
  }

  override succeeded(_taken: number, now: Nanoseconds): void {
    this.budget.deposit(now);
  }
}

/** A call may have so much of the balance (Finagle, RequeueFilter). */
const SHARE_OF_A_CALL = 0.2;

/** As many tries as a fifth of the budget's balance pays for when the call begins. */
export class RequeueLimit extends BudgetLimit {
  constructor(budget: RetryBudget) {
    super(Number.POSITIVE_INFINITY, budget);
  }

  override mostRetries(now: Nanoseconds = 0): number {
    return Math.ceil(SHARE_OF_A_CALL * this.budget.balance(now));
  }
}
