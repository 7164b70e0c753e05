import exp from "@stdlib/math-base-special-exp";
import type { Nanoseconds } from "../../../kernel/time.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadReport } from "../../cluster/load-report.ts";
import type { Locality } from "../../cluster/locality.ts";
import type { PrioritySet } from "../../cluster/priority-set.ts";
import { groupByLocality } from "../shared/locality-groups.ts";
import { utilizationOf } from "../shared/utilization.ts";
import { type LocalityLoad, type LocalityShares, type ShareOptions, sharesOf } from "./locality-shares.ts";

export interface LoadAwareOptions extends ShareOptions {
  readonly metricNames: readonly string[];
  readonly updatePeriod: Nanoseconds;
  readonly smoothing: Nanoseconds;
  /** So long a report counts; 0: for ever. */
  readonly expiration: Nanoseconds;
}

/** Which hosts of a priority are meant. */
export type HostList = "healthy" | "degraded" | "hosts";
const LISTS: readonly HostList[] = ["healthy", "degraded", "hosts"];

export interface LocalityLoadStats {
  readonly recomputed: Counter;
  readonly stale: Counter;
  readonly allOverloaded: Counter;
  readonly localPreferred: Counter;
  readonly probing: Counter;
  readonly spilling: Counter;
}

/**
 * How busy the localities of a cluster are by what its hosts report to one process, smoothed and worked out once
 * a period. Instead of a timer it has those who look at it say the time: nothing but reports and the passing of
 * periods changes anything.
 */
export class LocalityLoads {
  readonly #prioritySet: PrioritySet;
  readonly #own: Locality | undefined;
  readonly #options: LoadAwareOptions;
  readonly #stats: LocalityLoadStats;
  readonly #reports = new Map<Host, { utilization: number; at: Nanoseconds }>();
  /** Smoothed utilisation by priority, list and locality. */
  readonly #smoothed = new Map<string, number>();
  readonly #alpha: number;
  #shares = new Map<string, LocalityShares>();
  #nextUpdate: Nanoseconds;

  constructor(
    prioritySet: PrioritySet,
    own: Locality | undefined,
    options: LoadAwareOptions,
    stats: LocalityLoadStats,
    now: Nanoseconds,
  ) {
    this.#prioritySet = prioritySet;
    this.#own = own;
    this.#options = options;
    this.#stats = stats;
    this.#alpha = 1 - exp(-options.updatePeriod / options.smoothing);
    this.#nextUpdate = now + options.updatePeriod;
    this.#compute(now);
  }

  /** The shares of the localities of a priority. */
  sharesAt(now: Nanoseconds, priority: number, list: HostList): LocalityShares {
    this.#advance(now);
    return this.#shares.get(`${priority} ${list}`)!;
  }

  report(host: Host, report: LoadReport, now: Nanoseconds): void {
    this.#advance(now);
    this.#reports.set(host, { utilization: utilizationOf(report, this.#options.metricNames), at: now });
  }

  /** A host set has been replaced. */
  hostsChanged(now: Nanoseconds): void {
    this.#advance(now);
    const present = new Set(this.#prioritySet.hostSets.flatMap(({ hosts }) => hosts));
    for (const host of this.#reports.keys()) if (!present.has(host)) this.#reports.delete(host);
    this.#compute(now);
  }

  #advance(now: Nanoseconds): void {
    for (; this.#nextUpdate <= now; this.#nextUpdate += this.#options.updatePeriod) {
      this.#smooth(this.#nextUpdate);
      this.#compute(this.#nextUpdate);
      this.#stats.recomputed.value++;
    }
  }

  #smooth(now: Nanoseconds): void {
    for (const set of this.#prioritySet.hostSets)
      for (const group of groupByLocality(set, this.#own).groups)
        for (const list of LISTS) {
          const average = this.#averageOf(group[list], now);
          if (average === null) continue;
          const key = `${set.priority} ${list} ${group.key}`;
          const before = this.#smoothed.get(key);
          const smoothed =
            before === undefined ? average : this.#alpha * average + (1 - this.#alpha) * before;
          this.#smoothed.set(key, smoothed);
        }
  }

  #compute(now: Nanoseconds): void {
    this.#shares = new Map();
    for (const set of this.#prioritySet.hostSets) {
      const { groups, hasLocal } = groupByLocality(set, this.#own);
      for (const list of LISTS) {
        const loads = groups.map((group): LocalityLoad => {
          const isStale = this.#averageOf(group[list], now) === null;
          const utilization = this.#smoothed.get(`${set.priority} ${list} ${group.key}`) ?? null;
          return { hosts: group[list].length, utilization: isStale ? null : utilization };
        });
        this.#shares.set(
          `${set.priority} ${list}`,
          this.#count(sharesOf(loads, hasLocal, this.#options), loads),
        );
      }
    }
  }

  #count(shares: LocalityShares, loads: readonly LocalityLoad[]): LocalityShares {
    const { stale, allOverloaded, localPreferred, probing, spilling } = this.#stats;
    stale.value += loads.filter(({ hosts, utilization }) => hosts > 0 && utilization === null).length;
    if (shares.isOverloaded) allOverloaded.value++;
    if (shares.prefersLocal) localPreferred.value++;
    else if (loads.length > 1) spilling.value++;
    if (shares.probes) probing.value++;
    return shares;
  }

  /** Of the hosts with a report that still counts; null when there is none. */
  #averageOf(hosts: readonly Host[], now: Nanoseconds): number | null {
    const { expiration } = this.#options;
    let sum = 0;
    let count = 0;
    for (const host of hosts) {
      const report = this.#reports.get(host);
      if (report === undefined || (expiration > 0 && report.at < now - expiration)) continue;
      sum += report.utilization;
      count++;
    }
    return count === 0 ? null : sum / count;
  }
}
