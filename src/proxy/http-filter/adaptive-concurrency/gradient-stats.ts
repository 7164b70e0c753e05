import type { Counter, Gauge, Stats } from "../../../telemetry/stats.ts";

/** Envoy's statistics `http.STAT_PREFIX.adaptive_concurrency.gradient_controller.*`. */
export class GradientStats {
  readonly blocked: Counter;
  readonly burstQueueSize: Gauge;
  readonly concurrencyLimit: Gauge;
  /** In thousandths. */
  readonly gradient: Gauge;
  readonly minRttActive: Gauge;
  readonly minRttMs: Gauge;
  readonly sampleRttMs: Gauge;

  constructor(stats: Stats, statPrefix: string) {
    const prefix = `${statPrefix}adaptive_concurrency.gradient_controller.`;
    this.blocked = stats.counter(`${prefix}rq_blocked`);
    this.burstQueueSize = stats.gauge(`${prefix}burst_queue_size`);
    this.concurrencyLimit = stats.gauge(`${prefix}concurrency_limit`);
    this.gradient = stats.gauge(`${prefix}gradient`);
    this.minRttActive = stats.gauge(`${prefix}min_rtt_calculation_active`);
    this.minRttMs = stats.gauge(`${prefix}min_rtt_msecs`);
    this.sampleRttMs = stats.gauge(`${prefix}sample_rtt_msecs`);
  }
}
