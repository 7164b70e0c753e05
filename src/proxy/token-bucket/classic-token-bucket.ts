import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { fillRateOf } from "./fill-rate.ts";

/**
 * Tokens that are counted when somebody asks (Envoy 1.40, source/common/common/token_bucket_impl.cc,
 * TokenBucketImpl). While it is full the time of the last filling stands still, so that the first filling after
 * it counts the whole idle time.
 */
export class ClassicTokenBucket {
  private readonly maxTokens: number;
  /** Tokens a second. */
  private readonly fillRate: number;
  private tokens: number;
  private lastFill: Nanoseconds;

  /** Starts full. */
  constructor(maxTokens: number, fillRate: number, now: Nanoseconds) {
    this.maxTokens = maxTokens;
    this.fillRate = fillRateOf(fillRate);
    this.tokens = maxTokens;
    this.lastFill = now;
  }

  /** Takes so many tokens, or none when there are fewer; `isPartial`: as many whole ones as there are. Says how many. */
  consume(wanted: number, isPartial: boolean, now: Nanoseconds): number {
    if (this.tokens < this.maxTokens) {
      const added = ((now - this.lastFill) / SECOND) * this.fillRate;
      this.tokens = Math.min(this.maxTokens, this.tokens + added);
      this.lastFill = now;
    }
    const taken = isPartial ? Math.min(wanted, Math.floor(this.tokens)) : wanted;
    if (this.tokens < taken) return 0;
    this.tokens -= taken;
    return taken;
  }

  /** Whole milliseconds until the next token; what has come in since the last is not counted. */
  nextTokenMs(): number {
    return this.tokens >= 1 ? 0 : Math.ceil(1000 / this.fillRate);
  }

  reset(tokens: number, now: Nanoseconds): void {
    this.tokens = Math.min(tokens, this.maxTokens);
    this.lastFill = now;
  }
}
