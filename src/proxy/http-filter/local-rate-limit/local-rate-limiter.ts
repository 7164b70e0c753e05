import type { Simulator } from "../../../kernel/simulator.ts";
import { ContinuousTokenBucket } from "../shared/continuous-token-bucket.ts";
import type { BucketSettings } from "./local-rate-limit-settings.ts";

/** What a limiter says of a request. */
export interface LimitVerdict {
  readonly isAllowed: boolean;
  /** The bucket that answers report; null: there is none. */
  readonly bucket: ContinuousTokenBucket | null;
}

const UNLIMITED: LimitVerdict = { isAllowed: true, bucket: null };
const REFUSED: LimitVerdict = { isAllowed: false, bucket: null };

/** The bucket of one configuration (Envoy 1.40, source/extensions/filters/common/local_ratelimit). */
export class LocalRateLimiter {
  private readonly simulator: Simulator;
  /** Null: nothing is limited, or everything is refused. */
  private readonly bucket: ContinuousTokenBucket | null;
  private readonly withoutBucket: LimitVerdict;
  private readonly sharers: () => number;

  /** `sharers`: how many proxies have to do with one bucket between them. */
  constructor(simulator: Simulator, settings: BucketSettings | undefined, sharers: () => number) {
    this.simulator = simulator;
    this.sharers = sharers;
    this.withoutBucket = settings === undefined ? UNLIMITED : REFUSED;
    this.bucket =
      settings === undefined || settings.maxTokens === 0
        ? null
        : new ContinuousTokenBucket(settings.maxTokens, settings.fillRate, simulator.now);
  }

  /** Every proxy has the whole bucket, and takes from it for the others too. */
  check(): LimitVerdict {
    const { bucket } = this;
    if (bucket === null) return this.withoutBucket;
    return { isAllowed: bucket.consume(this.sharers(), this.simulator.now), bucket };
  }
}
