import type { Handle, Simulator } from "../../../kernel/simulator.ts";
import { MICROSECOND, MILLISECOND, type Nanoseconds } from "../../../kernel/time.ts";
import type { Random64 } from "../../../random/random64.ts";
import { minRttDelayMs, nextLimit } from "./gradient.ts";
import type { GradientSettings } from "./gradient-settings.ts";
import type { GradientStats } from "./gradient-stats.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

const MICROSECONDS_PER_MILLISECOND = 1000;
/** So many windows in a row at the least limit, and the least latency is measured anew. */
const WINDOWS_AT_MINIMUM = 5;

/**
 * Finds out how many requests may be under way at once: as many as do not make them slower (Envoy 1.40, the
 * gradient controller of source/extensions/filters/http/adaptive_concurrency). One for all workers of a process.
 */
export class GradientController {
  private readonly settings: GradientSettings;
  private readonly stats: GradientStats;
  private readonly simulator: Simulator;
  private readonly random: Random64;
  private readonly samples = new LatencyHistogram();
  private limit: number;
  private outstanding = 0;
  /** The limit to go back to; 0: the least latency is not being measured. */
  private deferredLimit = 0;
  /** Samples of requests before it do not count. */
  private epoch: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Microseconds. */
  private minRtt = 0;
  private windowsAtMinimum = 0;
  private minRttTimer: Handle = 0;
  private sampleTimer: Handle = 0;

  constructor(settings: GradientSettings, stats: GradientStats, simulator: Simulator, random: Random64) {
    this.settings = settings;
    this.stats = stats;
    this.simulator = simulator;
    this.random = random;
    this.limit = settings.minConcurrency;
  }

  /** The process starts. */
  start(): void {
    const { fixedMinRtt, minConcurrency } = this.settings;
    if (fixedMinRtt === undefined) this.enterMinRttWindow();
    else {
      this.setMinRtt(fixedMinRtt / MICROSECOND);
      this.setLimit(minConcurrency);
    }
    this.armSampleTimer();
  }

  /** Whether one more request may go on; it then counts until `record` or `cancel`. */
  admits(): boolean {
    if (this.outstanding >= this.limit) {
      this.stats.blocked.value++;
      return false;
    }
    this.outstanding++;
    return true;
  }

  /** A request that was admitted at `since` has been answered. */
  record(since: Nanoseconds): void {
    this.outstanding--;
    if (since < this.epoch) return;
    this.samples.insert(Math.floor((this.simulator.now - since) / MICROSECOND));
    if (this.deferredLimit !== 0 && this.samples.count >= this.settings.minRttRequests)
      this.leaveMinRttWindow();
  }

  /** A request that was admitted has ended without an answer. */
  cancel(): void {
    this.outstanding--;
  }

  enterMinRttWindow(): void {
    this.minRttTimer = 0;
    if (this.deferredLimit !== 0) return;
    this.stats.minRttActive.value = 1;
    this.deferredLimit = this.limit;
    this.setLimit(Math.min(this.limit, this.settings.minConcurrency));
    this.samples.clear();
    this.epoch = this.simulator.now;
  }

  onSampleWindowEnd(): void {
    this.sampleTimer = 0;
    // The end of the measurement starts the next window.
    if (this.deferredLimit !== 0) return;
    if (this.samples.count > 0) this.adjustLimit();
    this.armSampleTimer();
  }

  private leaveMinRttWindow(): void {
    const { minRttInterval, jitter } = this.settings;
    this.setMinRtt(this.takeRtt());
    this.setLimit(this.deferredLimit);
    this.deferredLimit = 0;
    this.stats.minRttActive.value = 0;
    const delayMs = minRttDelayMs(minRttInterval / MILLISECOND, jitter, this.random);
    this.armMinRttTimer(delayMs * MILLISECOND);
    this.armSampleTimer();
  }

  private adjustLimit(): void {
    const { stats } = this;
    const sampleRtt = this.takeRtt();
    stats.sampleRttMs.value = Math.trunc(sampleRtt / MICROSECONDS_PER_MILLISECOND);
    const { gradient, headroom, limit } = nextLimit(this.settings, this.limit, this.minRtt, sampleRtt);
    stats.gradient.value = Math.trunc(gradient * 1000);
    stats.burstQueueSize.value = Math.trunc(headroom);
    this.setLimit(limit);
  }

  /** The latency of the window in whole microseconds; the next one begins. */
  private takeRtt(): number {
    const rtt = Math.trunc(this.samples.quantile(this.settings.percentile));
    this.samples.clear();
    return rtt;
  }

  private setMinRtt(microseconds: number): void {
    this.minRtt = microseconds;
    this.stats.minRttMs.value = Math.trunc(microseconds / MICROSECONDS_PER_MILLISECOND);
  }

  private setLimit(limit: number): void {
    const { minLimit, fixedMinRtt } = this.settings;
    const stays = this.deferredLimit === 0 && this.limit === minLimit && limit === minLimit;
    this.windowsAtMinimum = stays ? this.windowsAtMinimum + 1 : 0;
    this.limit = limit;
    this.stats.concurrencyLimit.value = limit;
    if (this.windowsAtMinimum >= WINDOWS_AT_MINIMUM && fixedMinRtt === undefined) this.armMinRttTimer(0);
  }

  private armMinRttTimer(delay: Nanoseconds): void {
    this.simulator.cancel(this.minRttTimer);
    this.minRttTimer = this.simulator.after(delay, measureMinRtt, this);
  }

  private armSampleTimer(): void {
    this.simulator.cancel(this.sampleTimer);
    this.sampleTimer = this.simulator.after(this.settings.updateInterval, endSampleWindow, this);
  }
}

function measureMinRtt(controller: GradientController): void {
  controller.enterMinRttWindow();
}

function endSampleWindow(controller: GradientController): void {
  controller.onSampleWindowEnd();
}
