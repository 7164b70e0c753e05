import type { Nanoseconds } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Stats } from "../../telemetry/stats.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import { decays, drawJitter, isEnabled, isOver, mayEject, nextMultiplier } from "./ejection-limits.ts";
import type { EjectionType } from "./ejection-type.ts";
import { HostMonitor, type OnDetected } from "./host-monitor.ts";
import { ejectEvent, type OutlierEvent, unejectEvent } from "./outlier-event.ts";
import type { OutlierOptions } from "./outlier-options.ts";
import { type OutlierStats, outlierStats } from "./outlier-stats.ts";

/** Who acts on what the detector finds. */
export interface OutlierListener {
  /**
   * Failures of a host have reached a threshold. Envoy hands this to its main thread: call
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
  #active = 0;

  constructor(options: OutlierOptions, deps: OutlierDetectorDeps) {
    this.options = options;
    this.#random = deps.random;
    this.#listener = deps.listener;
    this.#stats = outlierStats(deps.stats, deps.statPrefix);
  }

  /** How many hosts are ejected now. */
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
  handle(monitor: HostMonitor, type: EjectionType, now: Nanoseconds): void {
    if (this.#monitors.get(monitor.host) !== monitor || monitor.isEjected) return;
    this.#stats.detected[type].value++;
    this.#tryEject(monitor, type, now);
    monitor.failures.reset(type);
    if (type === "CONSECUTIVE_5XX") this.#stats.consecutive5xx.value++;
  }

  /** Releases the hosts whose time is over; lets the multiplier of the others decay. */
  sweep(now: Nanoseconds): void {
    for (const monitor of this.#monitors.values()) {
      if (monitor.isEjected && isOver(this.options, monitor, now)) this.#uneject(monitor, now);
    }
    for (const monitor of this.#monitors.values()) {
      if (!monitor.isEjected && decays(this.options, monitor, now)) monitor.multiplier--;
    }
  }

  #tryEject(monitor: HostMonitor, type: EjectionType, now: Nanoseconds): void {
    if (!mayEject(this.options, this.#active, this.#monitors.size)) {
      this.#stats.overflow.value++;
      return;
    }
    if (type === "CONSECUTIVE_5XX") this.#stats.total.value++;
    const enforced = isEnabled(this.options.enforcing[type], this.#random);
    if (enforced) this.#eject(monitor, type, now);
    this.#listener.onEject(monitor.host, ejectEvent(monitor, type, enforced, now));
  }

  #eject(monitor: HostMonitor, type: EjectionType, now: Nanoseconds): void {
    this.#changeActive(1);
    this.#stats.enforcedTotal.value++;
    this.#stats.enforced[type].value++;
    monitor.host.healthFlags |= HealthFlag.failedOutlierCheck;
    monitor.ejections++;
    monitor.lastEjection = now;
    monitor.jitter = drawJitter(this.options, this.#random);
    monitor.multiplier = nextMultiplier(this.options, monitor.multiplier);
  }

  #uneject(monitor: HostMonitor, now: Nanoseconds): void {
    this.#changeActive(-1);
    monitor.host.healthFlags &= ~HealthFlag.failedOutlierCheck;
    // A counter just below its threshold would eject the host again on very few new failures.
    monitor.failures.resetAll();
    monitor.lastUnejection = now;
    this.#listener.onUneject(monitor.host, unejectEvent(monitor, now));
  }

  #changeActive(by: number): void {
    this.#active += by;
    this.#stats.active.value += by;
  }
}
