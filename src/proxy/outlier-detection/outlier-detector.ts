import type { Nanoseconds } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Stats } from "../../telemetry/stats.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import { decays, drawJitter, isEnabled, isOver, mayEject, nextMultiplier } from "./ejection-limits.ts";
import type { Detection, EjectionType } from "./ejection-type.ts";
import { HostMonitor, type OnDetected } from "./host-monitor.ts";
import {
  type EjectionRates,
  ejectEvent,
  ejectionRates,
  type OutlierEvent,
  unejectEvent,
} from "./outlier-event.ts";
import type { OutlierOptions } from "./outlier-options.ts";
import { type OutlierStats, outlierStats } from "./outlier-stats.ts";
import { findRateOutliers, type Origin } from "./rate-outliers.ts";
import type { Sentence } from "./sentence.ts";
import { NO_NUMBERS, type SuccessRateNumbers } from "./success-rate.ts";

/** Who acts on what the detector finds. */
export interface OutlierListener {
  /**
   * Failures of a host have reached a threshold, or it is degraded. Envoy hands this to its main thread: call
   * `detector.handle(monitor, type, now)` when the present callback is done, in the order of these calls.
   */
  onDetected: OnDetected;
  /**
   * To be logged; and if `event.enforced`, the host has been ejected: replace its host set and drain its
   * connection pools.
   */
  onEject(host: Host, event: OutlierEvent): void;
  /** The host is in service again: replace its host set. */
  onUneject(host: Host, event: OutlierEvent): void;
  /** The host is degraded, or is so no longer, which Envoy logs as an ejection and its end: replace its host set. */
  onDegrade(host: Host, event: OutlierEvent): void;
  onUndegrade(host: Host, event: OutlierEvent): void;
}

export interface OutlierDetectorDeps {
  /** The process's statistics. */
  readonly stats: Stats;
  /** Such as `cluster.checkout.`. */
  readonly statPrefix: string;
  /** Draws of the process's main thread. */
  readonly random: Random64;
  readonly listener: OutlierListener;
}

/**
 * Passive outlier detection for one cluster of one proxy process
 * (Envoy 1.40, DetectorImpl in source/common/upstream/outlier_detection_impl.cc).
 *
 * Its owner tells it of the hosts of all priorities, calls `sweep` every `options.interval` from the
 * cluster's start on, and reports outcomes to the monitors of the hosts.
 */
export class OutlierDetector {
  readonly options: OutlierOptions;
  readonly #random: Random64;
  readonly #listener: OutlierListener;
  readonly #stats: OutlierStats;
  /** In the order in which the hosts came; Envoy's order is unspecified. */
  readonly #monitors = new Map<Host, HostMonitor>();
  /** Envoy counts a host twice that one sweep ejects for its rate and for its failures, and releases it once. */
  #active = 0;
  readonly #numbers: Record<Origin, SuccessRateNumbers> = { external: NO_NUMBERS, local: NO_NUMBERS };

  constructor(options: OutlierOptions, deps: OutlierDetectorDeps) {
    this.options = options;
    this.#random = deps.random;
    this.#listener = deps.listener;
    this.#stats = outlierStats(deps.stats, deps.statPrefix);
  }

  /** How many ejections are in force: the number of ejected hosts, but for those that a sweep ejected twice. */
  get active(): number {
    return this.#active;
  }

  /** A host has joined the cluster. */
  addHost(host: Host): HostMonitor {
    const monitor = new HostMonitor(host, this.options, this.#listener.onDetected);
    this.#monitors.set(host, monitor);
    return monitor;
  }

  /** A host has left the cluster; what is still reported to its monitor has no effect. */
  removeHost(host: Host): void {
    const monitor = this.#monitors.get(host);
    if (monitor?.isEjected) this.#changeActive(-1);
    this.#monitors.delete(host);
  }

  /** The monitor of a member; keep it where outcomes are reported. */
  monitorOf(host: Host): HostMonitor | undefined {
    return this.#monitors.get(host);
  }

  /** The cluster has gone or was replaced by another of its name. */
  close(): void {
    for (const host of [...this.#monitors.keys()]) this.removeHost(host);
  }

  /** Handles what `onDetected` announced. */
  handle(monitor: HostMonitor, type: Detection, now: Nanoseconds): void {
    if (this.#monitors.get(monitor.host) !== monitor) return;
    if (type === "DEGRADED") {
      if (!monitor.isDegraded) this.#degrade(monitor, now);
      return;
    }
    if (monitor.isEjected) return;
    this.#stats.detected[type].value++;
    this.#tryEject(monitor, type, now);
    monitor.failures.reset(type);
    if (type === "CONSECUTIVE_5XX") this.#stats.consecutive5xx.value++;
  }

  /**
   * Releases the hosts whose time is over, closes the interval of their success rates and judges it, and lets
   * the multipliers of the others decay; in this order (Envoy 1.40, DetectorImpl::onIntervalTimer).
   */
  sweep(now: Nanoseconds): void {
    for (const monitor of this.#monitors.values()) {
      const { ejection, degradation, jitter } = monitor;
      if (monitor.isEjected && isOver(this.options, ejection, jitter, now)) this.#uneject(monitor, now);
      if (monitor.isDegraded && isOver(this.options, degradation, jitter, now)) this.#undegrade(monitor, now);
      monitor.closeInterval();
    }
    this.#judgeRates("external", now);
    this.#judgeRates("local", now);
    for (const monitor of this.#monitors.values()) {
      const { ejection, degradation } = monitor;
      if (!monitor.isEjected && decays(this.options, ejection, now)) ejection.multiplier--;
      if (!monitor.isDegraded && decays(this.options, degradation, now)) degradation.multiplier--;
    }
  }

  /** An active health check of this member has passed; it does not fail its checks any more. */
  healthCheckPassed(host: Host, now: Nanoseconds): void {
    if (!this.options.successfulActiveHealthCheckUnejectHost) return;
    const monitor = this.#monitors.get(host);
    if (monitor?.isEjected) this.#uneject(monitor, now);
  }

  /** Mean and threshold of the last sweep. */
  numbers(origin: Origin): SuccessRateNumbers {
    return this.#numbers[origin];
  }

  #judgeRates(origin: Origin, now: Nanoseconds): void {
    const { numbers, outliers } = findRateOutliers(this.options, [...this.#monitors.values()], origin);
    this.#numbers[origin] = numbers;
    for (const { monitor, type } of outliers) {
      if (type === "SUCCESS_RATE" || type === "SUCCESS_RATE_LOCAL_ORIGIN") this.#stats.successRate.value++;
      this.#stats.detected[type].value++;
      this.#tryEject(monitor, type, now, ejectionRates(type, monitor, numbers));
    }
  }

  #tryEject(monitor: HostMonitor, type: EjectionType, now: Nanoseconds, rates?: EjectionRates): void {
    if (!mayEject(this.options, this.#active, this.#monitors.size)) {
      this.#stats.overflow.value++;
      return;
    }
    if (type === "CONSECUTIVE_5XX" || type === "SUCCESS_RATE") this.#stats.total.value++;
    const enforced = isEnabled(this.options.enforcing[type], this.#random);
    const change = enforced && !monitor.isEjected ? 1 : 0;
    if (enforced) this.#eject(monitor, type, now);
    this.#listener.onEject(monitor.host, ejectEvent(monitor, type, enforced, now, rates, change));
  }

  #eject(monitor: HostMonitor, type: EjectionType, now: Nanoseconds): void {
    this.#changeActive(1);
    this.#stats.enforcedTotal.value++;
    this.#stats.enforced[type].value++;
    monitor.host.healthFlags |= HealthFlag.failedOutlierCheck;
    this.#begin(monitor, monitor.ejection, now);
  }

  #degrade(monitor: HostMonitor, now: Nanoseconds): void {
    this.#stats.detectedDegradation.value++;
    monitor.host.healthFlags |= HealthFlag.degradedOutlierDetection;
    this.#begin(monitor, monitor.degradation, now);
    this.#listener.onDegrade(monitor.host, ejectEvent(monitor, "DEGRADED", true, now, undefined, 0));
  }

  #begin(monitor: HostMonitor, sentence: Sentence, now: Nanoseconds): void {
    sentence.count++;
    sentence.startedAt = now;
    monitor.jitter = drawJitter(this.options, this.#random);
    sentence.multiplier = nextMultiplier(this.options, sentence.multiplier);
  }

  #uneject(monitor: HostMonitor, now: Nanoseconds): void {
    this.#changeActive(-1);
    monitor.host.healthFlags &= ~HealthFlag.failedOutlierCheck;
    // A counter just below its threshold would eject the host again on very few new failures.
    monitor.failures.resetAll();
    monitor.ejection.endedAt = now;
    this.#listener.onUneject(monitor.host, unejectEvent(monitor, now, -1));
  }

  #undegrade(monitor: HostMonitor, now: Nanoseconds): void {
    monitor.host.healthFlags &= ~HealthFlag.degradedOutlierDetection;
    monitor.degradation.endedAt = now;
    this.#listener.onUndegrade(monitor.host, unejectEvent(monitor, now, 0));
  }

  #changeActive(by: number): void {
    this.#active += by;
    this.#stats.active.value += by;
  }
}
