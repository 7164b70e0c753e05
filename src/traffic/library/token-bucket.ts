export interface TokenBucketSettings {
  readonly capacity: number;
  /** What a retry takes. */
  readonly cost: number;
  /** What a retry after a timeout takes. */
  readonly timeoutCost: number;
  /** What a success without a retry gives back. */
  readonly refund: number;
}

/**
 * The retry quota of AWS SDKs in standard mode: one bucket for all calls of a client. It is not filled by time:
 * a success after retries gives back what its last retry took, one without retries gives back a little.
 */
export class TokenBucket {
  private readonly settings: TokenBucketSettings;
  private available: number;

  constructor(settings: TokenBucketSettings) {
    this.settings = settings;
    this.available = settings.capacity;
  }

  get tokens(): number {
    return this.available;
  }

  /** Takes what a retry costs, and says how much that was; 0: there is not enough, and nothing is taken. */
  take(isAfterTimeout: boolean): number {
    const cost = isAfterTimeout ? this.settings.timeoutCost : this.settings.cost;
    if (cost > this.available) return 0;
    this.available -= cost;
    return cost;
  }

  /** A call has succeeded; `taken`: what its last retry took, 0 if there was none. */
  succeeded(taken: number): void {
    const { capacity, refund } = this.settings;
    this.available = Math.min(capacity, this.available + (taken === 0 ? refund : taken));
  }
}
