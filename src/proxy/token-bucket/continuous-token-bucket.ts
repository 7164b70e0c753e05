import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { fillRateOf } from "./fill-rate.ts";

/**
 * Tokens that trickle in continuously; the whole state is the time at which the bucket would have been empty
 * (Envoy 1.40, source/common/common/token_bucket_impl.cc, AtomicTokenBucketImpl). Times in it are seconds, as
 * there, so that the same additions round in the same way.
 */
export class ContinuousTokenBucket {
  readonly maxTokens: number;
  /** Tokens a second. */
  readonly fillRate: number;
  private emptyAt: number;

  /** Starts full. */
  constructor(maxTokens: number, fillRate: number, now: Nanoseconds) {
    this.maxTokens = maxTokens;
    this.fillRate = fillRateOf(fillRate);
    this.emptyAt = now / SECOND - maxTokens / this.fillRate;
  }

  /** A real number. */
  available(now: Nanoseconds): number {
    return Math.min(this.maxTokens, (now / SECOND - this.emptyAt) * this.fillRate);
  }

  /** Takes so many tokens, or none when there are fewer. */
  consume(tokens: number, now: Nanoseconds): boolean {
    const available = this.available(now);
    if (available < tokens) return false;
    this.emptyAt = now / SECOND - (available - tokens) / this.fillRate;
    return true;
  }

  /** Gives tokens back, up to the largest number. */
  refill(tokens: number, now: Nanoseconds): void {
    const available = this.available(now);
    const added = Math.min(tokens, Math.max(0, this.maxTokens - available));
    this.emptyAt = now / SECOND - (available + added) / this.fillRate;
  }

  /** Whole milliseconds until there is a token; 0: there is one. */
  nextTokenMs(now: Nanoseconds): number {
    const available = this.available(now);
    return available >= 1 ? 0 : Math.ceil(((1 - available) * 1000) / this.fillRate);
  }
}
