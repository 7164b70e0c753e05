import type { Simulator } from "../../../kernel/simulator.ts";
import type { Random64 } from "../../../random/random64.ts";
import type { ContinuousTokenBucket } from "../../token-bucket/continuous-token-bucket.ts";
import type { FilteredRequest, FilteredResponse, FilterStatus, StreamFilter } from "../http-filter.ts";
import { NO_DESCRIPTORS } from "../shared/rate-limit-policy.ts";
import type { LocalRateLimit } from "./local-rate-limit.ts";
import type { LimitVerdict } from "./local-rate-limiter.ts";

/** Holds one request against the limit of its route (Envoy 1.40, source/extensions/filters/http/local_ratelimit). */
export class LocalRateLimitFilter implements StreamFilter {
  private readonly request: FilteredRequest;
  private readonly limit: LocalRateLimit;
  private readonly simulator: Simulator;
  private readonly random: Random64;
  private reported: ContinuousTokenBucket | null = null;

  constructor(request: FilteredRequest, limit: LocalRateLimit, simulator: Simulator, random: Random64) {
    this.request = request;
    this.limit = limit;
    this.simulator = simulator;
    this.random = random;
  }

  decode(): FilterStatus {
    const { request, limit, random } = this;
    const { settings, stats } = limit;
    if (!settings.drawEnabled(random)) return "continue";
    stats.enabled.value++;
    const { isAllowed, bucket, isShadow } = this.check();
    this.reported = bucket;
    (isAllowed ? stats.ok : stats.rateLimited).value++;
    if (isShadow) stats.shadowMode.value++;
    if (isAllowed || isShadow || !settings.drawEnforced(random)) return "continue";
    stats.enforced.value++;
    const { status, grpcStatus } = settings;
    request.setFlag("RL");
    request.replyLocally(status, "local_rate_limited", "local_rate_limited", undefined, grpcStatus);
    return "stop";
  }

  private check(): LimitVerdict {
    const { request, limit } = this;
    const limiter = limit.limiterFor(request.downstreamConnection);
    if (!limit.settings.hasDescriptors) return limiter.check(NO_DESCRIPTORS);
    const source = {
      head: request.head,
      routedCluster: request.routedCluster,
      remoteIp: request.remoteIp,
      nodeCluster: limit.process.nodeCluster,
    };
    const descriptors = limit.settings.descriptorsOf(source, request.rateLimits);
    return limiter.check(descriptors);
  }

  encode(response: FilteredResponse): FilterStatus {
    if (this.reported !== null && this.limit.settings.reportsLimit)
      response.headers = new Map([...response.headers, ...limitHeaders(this.reported, this.simulator.now)]);
    return "continue";
  }
}

function limitHeaders(bucket: ContinuousTokenBucket, now: number): [name: string, value: string][] {
  return [
    ["x-ratelimit-limit", String(bucket.maxTokens)],
    ["x-ratelimit-remaining", String(Math.floor(bucket.available(now)))],
    ["x-ratelimit-reset", String(Math.ceil(bucket.nextTokenMs(now) / 1000))],
  ];
}
