import type { Message } from "../../../decode/message.ts";
import { MILLISECOND, type Nanoseconds } from "../../../kernel/time.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { runtimeInteger } from "../../runtime/runtime-number.ts";

/** `adaptive_concurrency.v3.GradientControllerConfig`. */
export interface GradientSettings {
  /** Of the latencies in a window, 0 to 1. */
  readonly percentile: number;
  readonly maxLimit: number;
  /** The limit never falls below it. */
  readonly minLimit: number;
  readonly updateInterval: Nanoseconds;
  /** Between two measurements of the least latency. */
  readonly minRttInterval: Nanoseconds;
  readonly minRttRequests: number;
  /** Share of that interval up to which it is prolonged. */
  readonly jitter: number;
  /** The limit while the least latency is measured. */
  readonly minConcurrency: number;
  /** Share of the least latency by which latencies may vary. */
  readonly buffer: number;
  /** The least latency, where it is given and not measured. */
  readonly fixedMinRtt: Nanoseconds | undefined;
}

const KEYS = "adaptive_concurrency.gradient_controller.";

export function readGradientSettings(config: Message, runtime: Runtime): GradientSettings {
  // The definitions require both.
  const limit = config.message("concurrency_limit_params")!;
  const minRtt = config.message("min_rtt_calc_params")!;
  const integer = (key: string, of: Message, field: string, otherwise: number) =>
    runtimeInteger(runtime, KEYS + key, of.number(field, otherwise));
  const interval = (key: string, of: Message, field: string) =>
    runtimeInteger(runtime, KEYS + key, timerDuration(of, field, 0) / MILLISECOND) * MILLISECOND;
  const share = (key: string, of: Message, field: string, otherwise: number) =>
    readShare(runtime, KEYS + key, of.message(field)?.number("value", 0) ?? otherwise);
  const minConcurrency = integer("min_concurrency", minRtt, "min_concurrency", 3);
  return {
    percentile: share("sample_aggregate_percentile", config, "sample_aggregate_percentile", 50),
    maxLimit: integer("max_concurrency_limit", limit, "max_concurrency_limit", 1000),
    minLimit: integer("min_concurrency_limit", limit, "min_concurrency_limit", minConcurrency),
    updateInterval: interval("sample_rtt_calc_interval_ms", limit, "concurrency_update_interval"),
    minRttInterval: interval("min_rtt_calc_interval_ms", minRtt, "interval"),
    minRttRequests: integer("min_rtt_aggregate_request_count", minRtt, "request_count", 50),
    jitter: share("jitter", minRtt, "jitter", 15),
    minConcurrency,
    buffer: share("min_rtt_buffer", minRtt, "buffer", 25),
    fixedMinRtt: timerDuration(minRtt, "fixed_value") || undefined,
  };
}

/** A percentage of the runtime or of the configuration, as a share. */
function readShare(runtime: Runtime, key: string, configured: number): number {
  const value = runtime.get(key);
  return Math.max(0, Math.min(typeof value === "number" ? value : configured, 100)) / 100;
}
