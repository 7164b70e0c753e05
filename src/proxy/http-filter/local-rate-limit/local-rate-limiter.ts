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
    // A refusal that only counts waits for one that holds: all other buckets are asked as if it were not there.
    let shadow: Matched | null = null;
    for (const each of matched) {
      if (each.bucket.consume(cost, now)) continue;
      if (!each.isShadow) return refusedBy(each.bucket);
      shadow ??= each;
    }
    const verdict = this.checkDefault(matched[0]?.bucket ?? null, cost);
    return verdict.isAllowed && shadow !== null ? { ...refusedBy(shadow.bucket), isShadow: true } : verdict;
  }

  /** `first`: the bucket that a request has of its own, if any. */
  private checkDefault(first: ContinuousTokenBucket | null, cost: number): LimitVerdict {
    const { settings, bucket } = this;
    if (first !== null && !settings.alwaysConsumesDefault) return allowedBy(first);
    if (bucket === null) return settings.bucket === undefined ? allowedBy(first) : refusedBy(null);
    if (!bucket.consume(cost, this.simulator.now)) return refusedBy(bucket);
    return first === null ? this.allowedByDefault : allowedBy(first);
  }
}

function allowedBy(bucket: ContinuousTokenBucket | null): LimitVerdict {
  return { isAllowed: true, bucket, isShadow: false };
}

function refusedBy(bucket: ContinuousTokenBucket | null): LimitVerdict {
  return { isAllowed: false, bucket, isShadow: false };
}
