import type { Message } from "../../../decode/message.ts";
import type { Descriptor } from "../../../http/rate-limit-call.ts";
import type { Random64 } from "../../../random/random64.ts";
import { type RateLimitServer, readRateLimitServer } from "../../cluster/rate-limit-server.ts";
import type { RouteRateLimits } from "../../cluster/route-levels.ts";
import { type Fraction, isInFraction, readRuntimeFraction } from "../../runtime/fraction.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { runtimeInteger } from "../../runtime/runtime-number.ts";
import type { FilterReading } from "../http-filter.ts";
import { anyStatus, errorStatus } from "../shared/error-status.ts";
import type { DescriptorSource } from "../shared/rate-limit-actions.ts";
import { RateLimitPolicy, RoutePolicies, type VirtualHostOption } from "../shared/rate-limit-policy.ts";

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
  private readonly requestType: string;
  private readonly stage: number;
  private readonly deniesOnError: boolean;
  private readonly denyShare: Fraction | undefined;
  private readonly enabled: Fraction | undefined;
  private readonly enforced: Fraction | undefined;
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
    this.requestType = config.string("request_type") || "both";
    this.server = readRateLimitServer(config);
    this.deniesOnError = config.boolean("failure_mode_deny");
    this.denyShare = share("failure_mode_deny_percent");
    this.status = errorStatus(config.message("rate_limited_status"), TOO_MANY_REQUESTS);
    this.statusOnError = anyStatus(config.message("status_on_error"), INTERNAL_SERVER_ERROR);
    this.grpcStatus = config.boolean("rate_limited_as_resource_exhausted") ? RESOURCE_EXHAUSTED : undefined;
    this.reportsLimits = config.enum<string>("enable_x_ratelimit_headers", "OFF") === "DRAFT_VERSION_03";
    this.marksLimited = !config.boolean("disable_x_envoy_ratelimited_header");
    this.enabled = share("filter_enabled");
    this.enforced = share("filter_enforced");
    this.policy = new RateLimitPolicy(config.messages("rate_limits"), reading);
    this.routePolicies = new Map(
      reading.rateLimits.map((limits) => [limits, new RoutePolicies(limits, reading)]),
    );
  }

  domainFor(route: RouteRateLimitSettings | undefined): string {
    return route?.domain || this.domain;
  }

  /** Whether requests from inside, or those from outside, are asked about. */
  appliesTo(isInternal: boolean): boolean {
    return this.requestType === "both" || (this.requestType === "internal") === isInternal;
  }

  drawEnabled(random: Random64): boolean {
    return this.draw(this.enabled, "ratelimit.http_filter_enabled", random);
  }

  drawEnforced(random: Random64): boolean {
    return this.draw(this.enforced, "ratelimit.http_filter_enforcing", random);
  }

  /** Whether a request passes about which the service has said nothing. */
  drawAllowed(random: Random64): boolean {
    return this.denyShare === undefined ? !this.deniesOnError : !drawFraction(this.denyShare, random);
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
  ): Descriptor[] {
    const own = route !== undefined && !route.policy.isEmpty ? route.policy : this.policy;
    if (!own.isEmpty) return own.descriptorsOf(source, 0, () => false, isOver);
    const policies = limits && this.routePolicies.get(limits);
    if (policies == null) return [];
    const isDisabled = (key: string) => !this.draw(undefined, `ratelimit.${key}.http_filter_enabled`, random);
    return policies
      .applicable(route?.virtualHostOption ?? "OVERRIDE")
      .flatMap((policy) => policy.descriptorsOf(source, this.stage, isDisabled, isOver));
  }

  /** Without a configured share that of runtime in percent, which is drawn only where it decides something. */
  private draw(fraction: Fraction | undefined, key: string, random: Random64): boolean {
    if (fraction !== undefined) return drawFraction(fraction, random);
    const percent = runtimeInteger(this.runtime, key, 100);
    if (percent === 0 || percent >= 100) return percent > 0;
    return drawFraction({ numerator: percent, denominator: 100 }, random);
  }
}

function drawFraction(fraction: Fraction, random: Random64): boolean {
  random.draw("whether the limit counts");
  return isInFraction(fraction, random);
}
