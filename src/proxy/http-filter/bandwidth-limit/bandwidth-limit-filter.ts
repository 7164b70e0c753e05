import type { FilteredRequest, FilteredResponse, FilterStatus, StreamFilter } from "../http-filter.ts";
import { type RateLimitedBody, StreamRateLimiter } from "../shared/stream-rate-limiter.ts";
import type { BandwidthLimit, DirectionStats } from "./bandwidth-limit.ts";

/** Slows the bodies of one exchange down (Envoy 1.40, source/extensions/filters/http/bandwidth_limit). */
export class BandwidthLimitFilter implements StreamFilter, RateLimitedBody {
  private readonly request: FilteredRequest;
  private readonly limit: BandwidthLimit;
  /** The direction that waits; null: none. */
  private limiter: StreamRateLimiter | null = null;
  private waiting: DirectionStats | null = null;

  constructor(request: FilteredRequest, limit: BandwidthLimit) {
    this.request = request;
    this.limit = limit;
  }

  decode(): FilterStatus {
    const { settings, request } = this.limit;
    return settings.limitsRequests ? this.pace(request, this.request.head.bodyBytes) : "continue";
  }

  encode({ bodyBytes }: FilteredResponse): FilterStatus {
    this.stop();
    const { settings, response } = this.limit;
    return settings.limitsResponses ? this.pace(response, bodyBytes) : "continue";
  }

  onDestroy(): void {
    this.stop();
  }

  private pace(stats: DirectionStats, bytes: number): FilterStatus {
    stats.enabled.value++;
    if (bytes === 0) return "continue";
    stats.pending.value++;
    stats.incomingSize.value = bytes;
    stats.incomingTotalSize.value += bytes;
    this.waiting = stats;
    const { simulator, bucket, settings } = this.limit;
    this.limiter = new StreamRateLimiter(simulator, bucket, settings.fillInterval, bytes, this);
    return "stop";
  }

  onSent(bytes: number, left: number): void {
    const stats = this.waiting!;
    stats.allowedSize.value = bytes;
    stats.allowedTotalSize.value += bytes;
    if (left > 0) {
      stats.enforced.value++;
      return;
    }
    this.stop();
    if (stats === this.limit.request) this.request.continueDecoding();
    else this.request.continueEncoding();
  }

  private stop(): void {
    this.limiter?.cancel();
    this.limiter = null;
    if (this.waiting !== null) this.waiting.pending.value--;
    this.waiting = null;
  }
}
