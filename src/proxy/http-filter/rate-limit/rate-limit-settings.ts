import type { Message } from "../../../decode/message.ts";
import type { Descriptor } from "../../../http/rate-limit-call.ts";
import { headerValues, type RequestHead } from "../../../http/request-head.ts";
import type { Random64 } from "../../../random/random64.ts";
import { type RateLimitServer, readRateLimitServer } from "../../cluster/rate-limit-server.ts";
import type { RouteRateLimits } from "../../cluster/route-levels.ts";
import { type Fraction, isInFraction, readRuntimeFraction } from "../../runtime/fraction.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { runtimeInteger } from "../../runtime/runtime-number.ts";
import type { FilterReading } from "../http-filter.ts";
import { anyStatus, errorStatus } from "../shared/error-status.ts";
import type { DescriptorSource } from "../shared/rate-limit-actions.ts";
import {
  NO_DESCRIPTORS,
  RateLimitPolicy,
  RoutePolicies,
  type VirtualHostOption,
} from "../shared/rate-limit-policy.ts";

const RESOURCE_EXHAUSTED = 8;
const TOO_MANY_REQUESTS = 429;
const INTERNAL_SERVER_ERROR = 500;

/** `extensions.filters.http.ratelimit.v3.RateLimitPerRoute`. */
export class RouteRateLimitSettings {
  readonly virtualHostOption: VirtualHostOption;
  /** Empty: that of the filter. */
  readonly domain: string;
  readonly policy: RateLimitPolicy;

  constructor(config: Message, reading: FilterReading) {
    this.virtualHostOption = config.enum("vh_rate_limits", "OVERRIDE");
    this.domain = config.string("domain");
    this.policy = new RateLimitPolicy(config.messages("rate_limits"), reading);
  }
}

/** `extensions.filters.http.ratelimit.v3.RateLimit`. */
export class RateLimitSettings {
  readonly statPrefix: string;
  readonly server: RateLimitServer;
  readonly status: number;
  /** Of gRPC answers; undefined: that which stands for the status. */
  readonly grpcStatus: number | undefined;
  readonly statusOnError: number;
  readonly reportsLimits: boolean;
  readonly marksLimited: boolean;
  private readonly domain: string;
  /** Whether requests from inside, or those from outside, are asked about. */
  private readonly asksOf: "both" | "internal" | "external";
  private readonly stage: number;
  private readonly deniesOnError: boolean;
  private readonly denyShare: Fraction | undefined;
  private readonly enabled: Share;
  private readonly enforced: Share;
  private readonly runtime: Runtime;
  private readonly policy: RateLimitPolicy;
  private readonly routePolicies: ReadonlyMap<RouteRateLimits, RoutePolicies>;

  constructor(config: Message, reading: FilterReading) {
    const { runtime } = reading;
    const share = (field: string) => {
      const percent = config.message(field);
      return percent && readRuntimeFraction(percent, runtime);
    };
    this.runtime = runtime;
    this.statPrefix = config.string("stat_prefix");
    this.domain = config.string("domain");
    this.stage = config.number("stage", 0);
    this.asksOf = (config.string("request_type") as typeof this.asksOf) || "both";
    this.server = readRateLimitServer(config);
    this.deniesOnError = config.boolean("failure_mode_deny");
    this.denyShare = share("failure_mode_deny_percent");
    this.status = errorStatus(config.message("rate_limited_status"), TOO_MANY_REQUESTS);
    this.statusOnError = anyStatus(config.message("status_on_error"), INTERNAL_SERVER_ERROR);
    this.grpcStatus = config.boolean("rate_limited_as_resource_exhausted") ? RESOURCE_EXHAUSTED : undefined;
    this.reportsLimits = config.enum<string>("enable_x_ratelimit_headers", "OFF") === "DRAFT_VERSION_03";
    this.marksLimited = !config.boolean("disable_x_envoy_ratelimited_header");
    this.enabled = share("filter_enabled") ?? this.shareInRuntime("ratelimit.http_filter_enabled");
    this.enforced = share("filter_enforced") ?? this.shareInRuntime("ratelimit.http_filter_enforcing");
    this.policy = new RateLimitPolicy(config.messages("rate_limits"), reading);
    this.routePolicies = new Map(
      reading.rateLimits.map((limits) => [limits, new RoutePolicies(limits, reading)]),
    );
  }

  domainFor(route: RouteRateLimitSettings | undefined): string {
    return route?.domain || this.domain;
  }

  appliesTo(head: RequestHead): boolean {
    if (this.asksOf === "both") return true;
    const isInternal = headerValues(head, "x-envoy-internal")[0] === "true";
    return (this.asksOf === "internal") === isInternal;
  }

  drawEnabled(random: Random64): boolean {
    return draw(this.enabled, random);
  }

  drawEnforced(random: Random64): boolean {
    return draw(this.enforced, random);
  }

  /** Whether a request passes about which the service has said nothing. */
  drawAllowed(random: Random64): boolean {
    return this.denyShare === undefined ? !this.deniesOnError : !drawFraction(this.denyShare, random);
  }

  /** Whether a request of a route may be counted as it comes, or when it has ended (`isOver`). */
  counts(
    route: RouteRateLimitSettings | undefined,
    limits: RouteRateLimits | null,
    isOver: boolean,
  ): boolean {
    const own = this.ownPolicy(route);
    if (!own.isEmpty) return own.counts(isOver);
    const policies = limits && this.routePolicies.get(limits);
    return policies?.counts(virtualHostOption(route), isOver) ?? false;
  }

  /**
   * By what a request is counted, as it comes (`isOver` false) or when it has ended. Limits of the route's own
   * configuration of the filter count before those of the filter, and those before those of the route table.
   */
  descriptorsOf(
    source: DescriptorSource,
    route: RouteRateLimitSettings | undefined,
    limits: RouteRateLimits | null,
    random: Random64,
    isOver: boolean,
  ): readonly Descriptor[] {
    const own = this.ownPolicy(route);
    if (!own.isEmpty) return own.descriptorsOf(source, 0, () => false, isOver);
    const policies = limits && this.routePolicies.get(limits);
    if (policies == null) return NO_DESCRIPTORS;
    const isDisabled = (key: string) =>
      !draw(this.shareInRuntime(`ratelimit.${key}.http_filter_enabled`), random);
    return policies.descriptorsOf(virtualHostOption(route), source, this.stage, isDisabled, isOver);
  }

  private ownPolicy(route: RouteRateLimitSettings | undefined): RateLimitPolicy {
    return route !== undefined && !route.policy.isEmpty ? route.policy : this.policy;
  }

  /** What runtime says in percent; all or nothing needs no draw. */
  private shareInRuntime(key: string): Share {
    const percent = runtimeInteger(this.runtime, key, 100);
    if (percent === 0 || percent >= 100) return percent > 0;
    return { numerator: percent, denominator: 100 };
  }
}

/** True and false: all requests and none, without a draw. */
type Share = Fraction | boolean;

function draw(share: Share, random: Random64): boolean {
  return typeof share === "boolean" ? share : drawFraction(share, random);
}

function virtualHostOption(route: RouteRateLimitSettings | undefined): VirtualHostOption {
  return route?.virtualHostOption ?? "OVERRIDE";
}

function drawFraction(fraction: Fraction, random: Random64): boolean {
  random.draw("whether the limit counts");
  return isInFraction(fraction, random);
}
