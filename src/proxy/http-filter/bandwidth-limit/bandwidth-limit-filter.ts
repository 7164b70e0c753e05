import type { FilteredRequest, FilteredResponse, FilterStatus, StreamFilter } from "../http-filter.ts";
import { StreamRateLimiter } from "../shared/stream-rate-limiter.ts";
import type { BandwidthLimit, DirectionStats } from "./bandwidth-limit.ts";

/** Slows the bodies of one exchange down (Envoy 1.40, source/extensions/filters/http/bandwidth_limit). */
export class BandwidthLimitFilter implements StreamFilter {
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
    if (!this.limit.settings.limitsRequests) return "continue";
    return this.pace(this.limit.request, this.request.head.bodyBytes, () => this.request.continueDecoding());
  }

  encode({ bodyBytes }: FilteredResponse): FilterStatus {
    this.stop();
    if (!this.limit.settings.limitsResponses) return "continue";
    return this.pace(this.limit.response, bodyBytes, () => this.request.continueEncoding());
  }

  onDestroy(): void {
    this.stop();
  }

  private pace(stats: DirectionStats, bytes: number, goOn: () => void): FilterStatus {
    stats.enabled.value++;
    if (bytes === 0) return "continue";
    stats.pending.value++;
    stats.incomingSize.value = bytes;
    stats.incomingTotalSize.value += bytes;
    this.waiting = stats;
    const { simulator, bucket, settings } = this.limit;
    this.limiter = new StreamRateLimiter(simulator, bucket, settings.fillInterval, bytes, {
      onSent: (sent, left) => {
        stats.allowedSize.value = sent;
        stats.allowedTotalSize.value += sent;
        if (left > 0) stats.enforced.value++;
      },
      onDone: () => {
        this.stop();
        goOn();
      },
    });
    this.limiter.start();
    return "stop";
  }

  private stop(): void {
    this.limiter?.cancel();
    this.limiter = null;
    if (this.waiting !== null) this.waiting.pending.value--;
    this.waiting = null;
  }
}
