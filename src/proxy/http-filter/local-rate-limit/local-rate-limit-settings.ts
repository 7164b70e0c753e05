import type { Message } from "../../../decode/message.ts";
import type { Descriptor } from "../../../http/rate-limit-call.ts";
import type { Random64 } from "../../../random/random64.ts";
import type { RouteRateLimits } from "../../cluster/route-levels.ts";
import { type Fraction, isInFraction, readRuntimeFraction } from "../../runtime/fraction.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { readBucket } from "../../token-bucket/bucket-settings.ts";
import type { FilterReading } from "../http-filter.ts";
import { errorStatus } from "../shared/error-status.ts";

import type { DescriptorSource } from "../shared/rate-limit-actions.ts";
import {
  NO_DESCRIPTORS,
  RateLimitPolicy,
  RoutePolicies,
  type VirtualHostOption,
} from "../shared/rate-limit-policy.ts";
import type { DescriptorSettings } from "./descriptor-buckets.ts";
import type { LimiterSettings } from "./local-rate-limiter.ts";

const RESOURCE_EXHAUSTED = 8;
const TOO_MANY_REQUESTS = 429;

/** `extensions.filters.http.local_ratelimit.v3.LocalRateLimit`, of the filter or of a route. */
export class LocalRateLimitSettings {
  readonly statPrefix: string;
  readonly status: number;
  /** Of gRPC answers; undefined: that which stands for the status. */
  readonly grpcStatus: number | undefined;
  readonly limiter: LimiterSettings;
  readonly isPerConnection: boolean;
  /** Whether the proxies of the local cluster share the limit. */
  readonly isSharedByCluster: boolean;
  readonly reportsLimit: boolean;
  private readonly enabled: Fraction | undefined;
  private readonly enforced: Fraction | undefined;
  /** Its own, which replace those of routes; null: it has none. */
  private readonly policy: RateLimitPolicy | null;
  private readonly routePolicies: ReadonlyMap<RouteRateLimits, RoutePolicies>;
  private readonly virtualHostOption: VirtualHostOption;
  private readonly stage: number;

  constructor(config: Message, reading: FilterReading) {
    const { runtime } = reading;
    this.statPrefix = config.string("stat_prefix");
    this.status = errorStatus(config.message("status"), TOO_MANY_REQUESTS);
    this.grpcStatus = config.boolean("rate_limited_as_resource_exhausted") ? RESOURCE_EXHAUSTED : undefined;
    this.limiter = {
      bucket: readBucket(config.message("token_bucket")),
      descriptors: config.messages("descriptors").map(readDescriptor),
      maxDynamicDescriptors: config.number("max_dynamic_descriptors", 20),
      alwaysConsumesDefault: config.boolean("always_consume_default_token_bucket", true),
    };
    const policy = new RateLimitPolicy(config.messages("rate_limits"), reading);
    this.policy = policy.isEmpty ? null : policy;
    this.routePolicies = new Map(
      reading.rateLimits.map((limits) => [limits, new RoutePolicies(limits, reading)]),
    );
    this.virtualHostOption = config.enum("vh_rate_limits", "OVERRIDE");
    this.stage = config.number("stage", 0);
    this.isPerConnection = config.boolean("local_rate_limit_per_downstream_connection");
    this.isSharedByCluster = config.message("local_cluster_rate_limit") !== undefined;
    this.reportsLimit = config.enum<string>("enable_x_ratelimit_headers", "OFF") === "DRAFT_VERSION_03";
    this.enabled = readShare(config.message("filter_enabled"), runtime);
    this.enforced = readShare(config.message("filter_enforced"), runtime);
  }

  /** One draw where a share is configured; without one the filter is off. */
  drawEnabled(random: Random64): boolean {
    return this.enabled !== undefined && draws(this.enabled, random);
  }

  get hasDescriptors(): boolean {
    return this.limiter.descriptors.length > 0;
  }

  /** By what a request is counted. */
  descriptorsOf(source: DescriptorSource, limits: RouteRateLimits | null): readonly Descriptor[] {
    if (this.policy !== null) return this.policy.descriptorsOf(source, this.stage, () => false);
    const policies = limits && this.routePolicies.get(limits);
    return policies?.descriptorsOf(this.virtualHostOption, source, this.stage, () => true) ?? NO_DESCRIPTORS;
  }

  /** As `drawEnabled`, for a request over the limit. */
  drawEnforced(random: Random64): boolean {
    return this.enforced !== undefined && draws(this.enforced, random);
  }
}

function readDescriptor(descriptor: Message): DescriptorSettings {
  return {
    entries: descriptor
      .messages("entries")
      .map((entry) => ({ key: entry.string("key"), value: entry.string("value") })),
    // Envoy refuses a bucket that never fills, unless it refuses everything.
    bucket: readBucket(descriptor.message("token_bucket")) ?? { maxTokens: 0, fillRate: 0 },
    isShadow: descriptor.boolean("shadow_mode"),
  };
}

function readShare(percent: Message | undefined, runtime: Runtime): Fraction | undefined {
  return percent && readRuntimeFraction(percent, runtime);
}

function draws(fraction: Fraction, random: Random64): boolean {
  random.draw("whether the limit counts");
  return isInFraction(fraction, random);
}
