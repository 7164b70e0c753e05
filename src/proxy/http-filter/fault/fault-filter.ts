import type { Handle, Simulator } from "../../../kernel/simulator.ts";
import { MILLISECOND } from "../../../kernel/time.ts";
import type { Random64 } from "../../../random/random64.ts";
import { ClassicTokenBucket } from "../../token-bucket/classic-token-bucket.ts";
import type { FilteredRequest, FilteredResponse, FilterStatus, StreamFilter } from "../http-filter.ts";
import { type RateLimitedBody, StreamRateLimiter } from "../shared/stream-rate-limiter.ts";
import { type AbortStatus, downstreamCluster, type FaultSettings } from "./fault-settings.ts";
import type { FaultStats } from "./fault-stats.ts";

/** How often a limited answer goes on. */
const TICK = 50 * MILLISECOND;
const TICKS_PER_SECOND = 20;

/**
 * Delays, aborts and slows down one request on purpose (Envoy 1.40, source/extensions/filters/http/fault). However
 * many faults a request gets, it counts as one active fault.
 */
export class FaultFilter implements StreamFilter, RateLimitedBody {
  private readonly request: FilteredRequest;
  private readonly settings: FaultSettings;
  private readonly stats: FaultStats;
  private readonly simulator: Simulator;
  private readonly random: Random64;
  private delayTimer: Handle = 0;
  private isActive = false;
  /** Of the answer; null: no limit. */
  private bucket: ClassicTokenBucket | null = null;
  private limiter: StreamRateLimiter | null = null;

  constructor(
    request: FilteredRequest,
    settings: FaultSettings,
    stats: FaultStats,
    simulator: Simulator,
    random: Random64,
  ) {
    this.request = request;
    this.settings = settings;
    this.stats = stats;
    this.simulator = simulator;
    this.random = random;
  }

  decode(): FilterStatus {
    const { head, routedCluster } = this.request;
    if (!this.settings.appliesTo(head, routedCluster)) return "continue";
    this.limitAnswer();
    return this.delays() || this.aborts() ? "stop" : "continue";
  }

  encode({ bodyBytes }: FilteredResponse): FilterStatus {
    const { simulator, bucket } = this;
    if (bucket === null || bodyBytes === 0) return "continue";
    this.limiter = new StreamRateLimiter(simulator, bucket, TICK, bodyBytes, this);
    return "stop";
  }

  onSent(_bytes: number, left: number): void {
    if (left === 0) this.request.continueEncoding();
  }

  onDestroy(): void {
    this.simulator.cancel(this.delayTimer);
    this.limiter?.cancel();
    this.release();
  }

  onDelayOver(): void {
    this.delayTimer = 0;
    const abort = this.settings.drawAbort(this.request.head, this.random);
    if (abort !== undefined) {
      this.abort(abort);
      return;
    }
    if (!this.settings.hasResponseLimit) this.release();
    this.request.continueDecoding();
  }

  private limitAnswer(): void {
    const limit = this.settings.drawLimit(this.request.head, this.random);
    if (limit === undefined || !this.activate()) return;
    this.stats.responseLimitsInjected.value++;
    const { now } = this.simulator;
    // It fills from the request on: a host that takes its time has saved up for its answer.
    this.bucket = new ClassicTokenBucket(limit, limit, now);
    this.bucket.reset(Math.floor(limit / TICKS_PER_SECOND), now);
  }

  private delays(): boolean {
    const { head } = this.request;
    const delayMs = this.settings.drawDelay(head, this.random);
    if (delayMs === 0 || !this.activate()) return false;
    this.count("delays_injected");
    this.request.setFlag("DI");
    this.delayTimer = this.simulator.after(delayMs * MILLISECOND, delayOver, this);
    return true;
  }

  private aborts(): boolean {
    const abort = this.settings.drawAbort(this.request.head, this.random);
    if (abort === undefined || !this.activate()) return false;
    this.abort(abort);
    return true;
  }

  private abort({ status, grpcStatus }: AbortStatus): void {
    this.count("aborts_injected");
    this.request.setFlag("FI");
    this.request.replyLocally(status, "fault filter abort", "fault_filter_abort", undefined, grpcStatus);
  }

  /** Says whether there is room for a request with a fault. */
  private activate(): boolean {
    if (this.isActive) return true;
    const { activeFaults, faultsOverflow } = this.stats;
    if (!this.settings.hasRoom(activeFaults.value)) {
      faultsOverflow.value++;
      return false;
    }
    activeFaults.value++;
    this.isActive = true;
    return true;
  }

  private release(): void {
    if (!this.isActive) return;
    this.isActive = false;
    this.stats.activeFaults.value--;
  }

  private count(what: "delays_injected" | "aborts_injected"): void {
    const caller = downstreamCluster(this.request.head);
    if (caller !== "" && this.settings.countsDownstreamClusters) this.stats.countCaller(caller, what);
    (what === "delays_injected" ? this.stats.delaysInjected : this.stats.abortsInjected).value++;
  }
}

function delayOver(filter: FaultFilter): void {
  filter.onDelayOver();
}
