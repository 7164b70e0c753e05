import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { Counter, Stats } from "../../telemetry/stats.ts";

/** `common_lb_config.update_merge_window` where nothing is configured. */
export const DEFAULT_MERGE_WINDOW: Nanoseconds = SECOND;

/**
 * What to do with an update of one priority of a cluster:
 * - `apply`: hand it to the workers now, and cancel the timer that an earlier `arm` started, if it still runs;
 * - `arm`: keep it back, and call `expire` when `window` has passed from now;
 * - `wait`: keep it back; the timer runs already.
 */
export type MergeDecision = "apply" | "arm" | "wait";

/** The cluster manager's counters of updates, one set for the process. */
export interface MergeStats {
  readonly updated: Counter;
  readonly updatedViaMerge: Counter;
  readonly mergeCancelled: Counter;
  readonly outOfMergeWindow: Counter;
}

export function mergeStats(stats: Stats): MergeStats {
  return {
    updated: stats.counter("cluster_manager.cluster_updated"),
    updatedViaMerge: stats.counter("cluster_manager.cluster_updated_via_merge"),
    mergeCancelled: stats.counter("cluster_manager.update_merge_cancelled"),
    outOfMergeWindow: stats.counter("cluster_manager.update_out_of_merge_window"),
  };
}

/**
 * When the workers of a process learn of a change in one priority of one cluster. Changes of health, weight or
 * metadata that follow another update too closely are gathered and handed over once; changes of membership
 * are never kept back. Envoy 1.40, ClusterManagerImpl::scheduleUpdate: the gathering lasts a whole window
 * from the first change that was kept back, not until the window since the last update has ended.
 */
export class MergeWindow {
  /** 0: every update is applied at once. */
  readonly window: Nanoseconds;
  readonly #stats: MergeStats;
  /** Envoy starts from the clock's epoch, so the first update always falls outside of the window. */
  #lastUpdated = Number.NEGATIVE_INFINITY;
  #isPending = false;

  /** `window` in whole milliseconds. The hosts that a cluster starts with are not an update. */
  constructor(window: Nanoseconds, stats: MergeStats) {
    this.window = window;
    this.#stats = stats;
  }

  /** Whether updates are being kept back. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** `mergeable`: no host was added or removed. */
  schedule(now: Nanoseconds, mergeable: boolean): MergeDecision {
    if (this.window === 0) return this.#apply();
    // Envoy compares whole milliseconds, and an update exactly one window later is still inside.
    const isOutside = Math.floor((now - this.#lastUpdated) / MILLISECOND) * MILLISECOND > this.window;
    if (isOutside || !mergeable) {
      if (isOutside && mergeable) this.#stats.outOfMergeWindow.value++;
      if (this.#isPending) this.#stats.mergeCancelled.value++;
      this.#isPending = false;
      this.#lastUpdated = now;
      return this.#apply();
    }
    if (this.#isPending) return "wait";
    this.#isPending = true;
    return "arm";
  }

  /** The timer has fired: the caller hands over the priority as it is now. */
  expire(now: Nanoseconds): void {
    this.#isPending = false;
    this.#lastUpdated = now;
    this.#stats.updatedViaMerge.value++;
  }

  #apply(): "apply" {
    this.#stats.updated.value++;
    return "apply";
  }
}
