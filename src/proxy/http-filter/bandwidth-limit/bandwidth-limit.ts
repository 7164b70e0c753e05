import type { Message } from "../../../decode/message.ts";
import type { Simulator } from "../../../kernel/simulator.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../../kernel/time.ts";
import type { Counter, Gauge, Stats } from "../../../telemetry/stats.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import { readFeatureFlag } from "../../runtime/feature-flag.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { ClassicTokenBucket } from "../../token-bucket/classic-token-bucket.ts";

type EnableMode = "DISABLED" | "REQUEST" | "RESPONSE" | "REQUEST_AND_RESPONSE";

/** `extensions.filters.http.bandwidth_limit.v3.BandwidthLimit`. */
export interface BandwidthLimitSettings {
  readonly statPrefix: string;
  readonly isEnabled: boolean;
  readonly limitsRequests: boolean;
  readonly limitsResponses: boolean;
  readonly bytesPerSecond: number;
  readonly fillInterval: Nanoseconds;
}

export function readBandwidthLimit(config: Message, runtime: Runtime): BandwidthLimitSettings {
  const mode = config.enum<EnableMode>("enable_mode", "DISABLED");
  return {
    statPrefix: config.string("stat_prefix"),
    isEnabled: readFeatureFlag(config.message("runtime_enabled"), runtime),
    limitsRequests: mode === "REQUEST" || mode === "REQUEST_AND_RESPONSE",
    limitsResponses: mode === "RESPONSE" || mode === "REQUEST_AND_RESPONSE",
    bytesPerSecond: config.number("limit_kbps", 0) * 1024,
    fillInterval: timerDuration(config, "fill_interval", 50 * MILLISECOND),
  };
}

/** Envoy's statistics `STAT_PREFIX.http_bandwidth_limit.*` of one direction. */
export class DirectionStats {
  readonly enabled: Counter;
  readonly enforced: Counter;
  readonly pending: Gauge;
  readonly incomingSize: Gauge;
  readonly incomingTotalSize: Counter;
  readonly allowedSize: Gauge;
  readonly allowedTotalSize: Counter;

  constructor(stats: Stats, statPrefix: string, direction: "request" | "response") {
    const prefix = `${statPrefix}.http_bandwidth_limit.${direction}_`;
    this.enabled = stats.counter(`${prefix}enabled`);
    this.enforced = stats.counter(`${prefix}enforced`);
    this.pending = stats.gauge(`${prefix}pending`);
    this.incomingSize = stats.gauge(`${prefix}incoming_size`);
    this.incomingTotalSize = stats.counter(`${prefix}incoming_total_size`);
    this.allowedSize = stats.gauge(`${prefix}allowed_size`);
    this.allowedTotalSize = stats.counter(`${prefix}allowed_total_size`);
  }
}

/** One configured limit in a process: all requests and answers share its bucket. */
export class BandwidthLimit {
  readonly settings: BandwidthLimitSettings;
  readonly simulator: Simulator;
  readonly bucket: ClassicTokenBucket;
  readonly request: DirectionStats;
  readonly response: DirectionStats;

  constructor(settings: BandwidthLimitSettings, stats: Stats, simulator: Simulator) {
    const { bytesPerSecond, fillInterval, statPrefix } = settings;
    this.settings = settings;
    this.simulator = simulator;
    this.bucket = new ClassicTokenBucket(bytesPerSecond, bytesPerSecond, simulator.now);
    this.bucket.reset(Math.trunc((bytesPerSecond * fillInterval) / SECOND), simulator.now);
    this.request = new DirectionStats(stats, statPrefix, "request");
    this.response = new DirectionStats(stats, statPrefix, "response");
  }
}
