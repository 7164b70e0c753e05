import type { Descriptor, RateLimitResponse } from "../../../http/rate-limit-call.ts";
import type { Random64 } from "../../../random/random64.ts";
import type {
  FilteredRequest,
  FilteredResponse,
  FilterStatus,
  PendingCall,
  RateLimitCallReceiver,
  StreamFilter,
} from "../http-filter.ts";
import type { DescriptorSource } from "../shared/rate-limit-actions.ts";
import { NO_DESCRIPTORS } from "../shared/rate-limit-policy.ts";
import { limitHeaders } from "./limit-headers.ts";
import type { RateLimitSettings, RouteRateLimitSettings } from "./rate-limit-settings.ts";
import type { ClusterRateLimitStats } from "./rate-limit-stats.ts";

/** How a filter is configured for one route. */
export interface RateLimitOnRoute {
  readonly settings: RateLimitSettings;
  readonly route: RouteRateLimitSettings | undefined;
}

/** The answer to its end is of no interest. */
const NOBODY: RateLimitCallReceiver = { onAnswer() {} };

/**
 * Asks a rate-limit service about one request, which waits for the answer (Envoy 1.40,
 * source/extensions/filters/http/ratelimit/ratelimit.cc).
 */
export class RateLimitFilter implements StreamFilter, RateLimitCallReceiver {
  private readonly request: FilteredRequest;
  private readonly config: RateLimitOnRoute;
  private readonly stats: ClusterRateLimitStats;
  private readonly random: Random64;
  private readonly nodeCluster: string;
  private state: "idle" | "calling" | "passed" | "answered" = "idle";
  private isInitiating = false;
  private call: PendingCall | null = null;
  /** For the answer; null: none. */
  private headers: [name: string, value: string][] | null = null;

  constructor(
    request: FilteredRequest,
    config: RateLimitOnRoute,
    stats: ClusterRateLimitStats,
    random: Random64,
    nodeCluster: string,
  ) {
    this.request = request;
    this.config = config;
    this.stats = stats;
    this.random = random;
    this.nodeCluster = nodeCluster;
  }

  decode(): FilterStatus {
    const { settings } = this.config;
    this.state = "passed";
    if (!settings.drawEnabled(this.random)) return "continue";
    if (!settings.appliesTo(this.request.head)) return "continue";
    this.ask();
    return this.state === "passed" ? "continue" : "stop";
  }

  private ask(): void {
    const descriptors = this.descriptors(false);
    if (descriptors.length === 0) return;
    const { settings, route } = this.config;
    this.state = "calling";
    this.isInitiating = true;
    const request = { domain: settings.domainFor(route), descriptors };
    const call = this.request.callService({ ...settings.server, request }, this);
    if (call === null) this.onAnswer(null);
    this.call = call;
    this.isInitiating = false;
  }

  private descriptors(isOver: boolean): readonly Descriptor[] {
    const { settings, route } = this.config;
    const { request } = this;
    if (!settings.counts(route, request.rateLimits, isOver)) return NO_DESCRIPTORS;
    const source: DescriptorSource = {
      head: request.head,
      routedCluster: request.routedCluster,
      remoteIp: request.remoteIp,
      nodeCluster: this.nodeCluster,
    };
    return settings.descriptorsOf(source, route, request.rateLimits, this.random, isOver);
  }

  onAnswer(response: RateLimitResponse | null): void {
    this.state = "passed";
    if (response === null) this.onError();
    else if (response.isOver) this.onOverLimit(response);
    else this.onOk(response);
  }

  private onOk(response: RateLimitResponse): void {
    this.stats.ok.value++;
    this.noteLimits(response);
    this.pass();
  }

  private onOverLimit(response: RateLimitResponse): void {
    const { request, stats, random } = this;
    const { settings } = this.config;
    stats.overLimit.value++;
    stats.cluster.chargeInternal(settings.status);
    if (settings.marksLimited) this.headers = [["x-envoy-ratelimited", "true"]];
    this.noteLimits(response);
    if (!settings.drawEnforced(random)) {
      this.pass();
      return;
    }
    this.state = "answered";
    request.setFlag("RL");
    request.replyLocally(settings.status, "", "request_rate_limited", undefined, settings.grpcStatus);
  }

  private onError(): void {
    const { request, stats, random } = this;
    const { settings } = this.config;
    stats.error.value++;
    if (settings.drawAllowed(random)) {
      stats.failureModeAllowed.value++;
      this.pass();
      return;
    }
    this.state = "answered";
    request.setFlag("RLSE");
    request.replyLocally(settings.statusOnError, "", "rate_limiter_error");
  }

  private noteLimits({ statuses }: RateLimitResponse): void {
    if (this.config.settings.reportsLimits)
      this.headers = [...(this.headers ?? []), ...limitHeaders(statuses)];
  }

  private pass(): void {
    if (!this.isInitiating) this.request.continueDecoding();
  }

  encode(response: FilteredResponse): FilterStatus {
    if (this.headers !== null) response.headers = new Map([...response.headers, ...this.headers]);
    return "continue";
  }

  /** Some limits count requests when they are over; nobody waits for what the service says then. */
  onDestroy(): void {
    if (this.state === "idle") return;
    if (this.state === "calling") {
      this.call?.cancel();
      return;
    }
    const descriptors = this.descriptors(true);
    if (descriptors.length === 0) return;
    const { settings, route } = this.config;
    const request = { domain: settings.domainFor(route), descriptors };
    this.request.callService({ ...settings.server, request }, NOBODY);
  }
}
