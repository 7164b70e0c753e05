import type { Descriptor, DescriptorEntry } from "../../../http/rate-limit-call.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";
import type { BucketSettings } from "../../token-bucket/bucket-settings.ts";
import { ContinuousTokenBucket } from "../../token-bucket/continuous-token-bucket.ts";

/** A `common.ratelimit.v3.LocalRateLimitDescriptor`. */
export interface DescriptorSettings {
  /** An empty value stands for any, each with a bucket of its own. */
  readonly entries: readonly DescriptorEntry[];
  readonly bucket: BucketSettings;
  readonly isShadow: boolean;
}

/** A bucket that a request takes from. */
export interface Matched {
  readonly bucket: ContinuousTokenBucket;
  readonly isShadow: boolean;
}

/** The buckets of descriptors. Those for values that the configuration leaves open are kept while they are used. */
export class DescriptorBuckets {
  private readonly fixed = new Map<
    string,
    { readonly settings: DescriptorSettings; matched: Matched | null }
  >();
  private readonly open: { readonly settings: DescriptorSettings; readonly used: Map<string, Matched> }[] =
    [];
  private readonly maxDynamic: number;

  constructor(settings: readonly DescriptorSettings[], maxDynamic: number) {
    this.maxDynamic = maxDynamic;
    for (const descriptor of settings) {
      if (descriptor.entries.some(({ value }) => value === ""))
        this.open.push({ settings: descriptor, used: new Map() });
      else this.fixed.set(keyOf(descriptor.entries), { settings: descriptor, matched: null });
    }
  }

  /** The buckets of a request's descriptors, that which fills slowest first. */
  bucketsOf(descriptors: readonly Descriptor[], now: Nanoseconds): Matched[] {
    const matched = descriptors.flatMap((descriptor) => this.bucketOf(descriptor, now) ?? []);
    return matched.sort((a, b) => a.bucket.fillRate - b.bucket.fillRate);
  }

  private bucketOf(descriptor: Descriptor, now: Nanoseconds): Matched | undefined {
    const key = keyOf(descriptor);
    const fixed = this.fixed.get(key);
    if (fixed !== undefined) return (fixed.matched ??= newBucket(fixed.settings, now));
    const open = this.open.find(({ settings }) => fits(descriptor, settings.entries));
    if (open === undefined) return undefined;
    const matched = open.used.get(key) ?? newBucket(open.settings, now);
    // The order of the map is that of the last use.
    open.used.delete(key);
    open.used.set(key, matched);
    if (open.used.size > this.maxDynamic) open.used.delete(open.used.keys().next().value!);
    return matched;
  }
}

function newBucket({ bucket, isShadow }: DescriptorSettings, now: Nanoseconds): Matched {
  return { bucket: new ContinuousTokenBucket(bucket.maxTokens, bucket.fillRate, now), isShadow };
}

function fits(descriptor: Descriptor, wanted: readonly DescriptorEntry[]): boolean {
  return (
    descriptor.length === wanted.length &&
    wanted.every(({ key, value }, index) => {
      const entry = descriptor[index]!;
      return entry.key === key && (value === "" || entry.value === value);
    })
  );
}

function keyOf(entries: readonly DescriptorEntry[]): string {
  return JSON.stringify(entries.map(({ key, value }) => [key, value]));
}
