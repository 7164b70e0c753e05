import type { Descriptor } from "../../../http/rate-limit-call.ts";
import type { Simulator } from "../../../kernel/simulator.ts";
import type { BucketSettings } from "../../token-bucket/bucket-settings.ts";
import { ContinuousTokenBucket } from "../../token-bucket/continuous-token-bucket.ts";
import { DescriptorBuckets, type DescriptorSettings, type Matched } from "./descriptor-buckets.ts";

/** What a limiter says of a request. */
export interface LimitVerdict {
  readonly isAllowed: boolean;
  /** The bucket that answers report; null: there is none. */
  readonly bucket: ContinuousTokenBucket | null;
  /** The bucket that refused only counts what it would refuse. */
  readonly isShadow: boolean;
}

export interface LimiterSettings {
  /** Undefined: no limit by default. */
  readonly bucket: BucketSettings | undefined;
  readonly descriptors: readonly DescriptorSettings[];
  /** Buckets for values that the configuration leaves open. */
  readonly maxDynamicDescriptors: number;
  /** Also for requests that have a bucket of their own. */
  readonly alwaysConsumesDefault: boolean;
}

const NONE: readonly Matched[] = [];

/** The buckets of one configuration (Envoy 1.40, source/extensions/filters/common/local_ratelimit). */
export class LocalRateLimiter {
  private readonly simulator: Simulator;
  private readonly settings: LimiterSettings;
  /** Null: nothing is limited by default, or everything is refused. */
  private readonly bucket: ContinuousTokenBucket | null;
  private readonly allowedByDefault: LimitVerdict;
  private readonly descriptors: DescriptorBuckets;
  private readonly sharers: () => number;

  /** `sharers`: how many proxies have to do with one bucket between them; each takes from it for the others too. */
  constructor(simulator: Simulator, settings: LimiterSettings, sharers: () => number) {
    this.simulator = simulator;
    this.settings = settings;
    this.sharers = sharers;
    this.bucket =
      settings.bucket === undefined || settings.bucket.maxTokens === 0
        ? null
        : new ContinuousTokenBucket(settings.bucket.maxTokens, settings.bucket.fillRate, simulator.now);
    this.allowedByDefault = allowedBy(this.bucket);
    this.descriptors = new DescriptorBuckets(settings.descriptors, settings.maxDynamicDescriptors);
  }

  check(descriptors: readonly Descriptor[]): LimitVerdict {
    const { now } = this.simulator;
    const cost = this.sharers();
    const matched = descriptors.length === 0 ? NONE : this.descriptors.bucketsOf(descriptors, now);
    for (const { bucket, isShadow } of matched)
      if (!bucket.consume(cost, now)) return { isAllowed: false, bucket, isShadow };
    const first = matched[0]?.bucket ?? null;
    if (first !== null && !this.settings.alwaysConsumesDefault) return allowedBy(first);
    if (this.bucket === null)
      return this.settings.bucket === undefined
        ? allowedBy(first)
        : { isAllowed: false, bucket: null, isShadow: false };
    if (!this.bucket.consume(cost, now)) return { isAllowed: false, bucket: this.bucket, isShadow: false };
    return first === null ? this.allowedByDefault : allowedBy(first);
  }
}

function allowedBy(bucket: ContinuousTokenBucket | null): LimitVerdict {
  return { isAllowed: true, bucket, isShadow: false };
}
