import type { Nanoseconds } from "../../../kernel/time.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadReport } from "../../cluster/load-report.ts";
import type { PrioritySet } from "../../cluster/priority-set.ts";
import { utilizationOf } from "../shared/utilization.ts";

export interface ReportedWeightsOptions {
  /** Names of the metrics that say how busy a host is. */
  readonly metricNames: readonly string[];
  /** By what errors a request raise the utilisation. */
  readonly errorPenalty: number;
  /** So long a host must have reported before its weight counts. */
  readonly blackout: Nanoseconds;
  /** So long a weight counts without a new report. */
  readonly expiration: Nanoseconds;
  readonly updatePeriod: Nanoseconds;
}

const LARGEST_WEIGHT = 0xffffffff;

/** Requests a second for each unit of utilisation; null where a report says too little. */
export function weightOfReport(
  report: LoadReport,
  metricNames: readonly string[],
  errorPenalty: number,
): number | null {
  const qps = report.rps_fractional ?? 0;
  if (qps <= 0) return null;
  const utilization = utilizationOf(report, metricNames) + (errorPenalty * (report.eps ?? 0)) / qps;
  if (utilization <= 0) return null;
  return Math.trunc(Math.min(qps / utilization, LARGEST_WEIGHT));
}

/** What a host has reported. */
export interface ReportedWeight {
  weight: number;
  /** Since when it reports; null: not since its last weight expired. */
  nonEmptySince: Nanoseconds | null;
  lastUpdate: Nanoseconds;
}

/** The weight that counts at this time; null where none does. Forgets that a host reports when its weight expires. */
export function validWeight(
  reported: ReportedWeight,
  now: Nanoseconds,
  { blackout, expiration }: Pick<ReportedWeightsOptions, "blackout" | "expiration">,
): number | null {
  if (reported.nonEmptySince === null || reported.nonEmptySince > now - blackout) return null;
  if (reported.lastUpdate >= now - expiration) return reported.weight;
  reported.nonEmptySince = null;
  return null;
}

/** What hosts without a valid weight get: the median of the others, 1 where there is none. */
export function defaultWeight(valid: readonly number[]): number {
  if (valid.length === 0) return 1;
  const sorted = [...valid].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : Math.floor((sorted[middle - 1]! + sorted[middle]!) / 2);
}

/**
 * The weights of one cluster in one process by what its hosts report, worked out once a period
 * (Envoy 1.40, .../common/orca_weight_manager.cc). Instead of a timer it has those who look at it say the time:
 * nothing but reports and the passing of periods changes anything, so that the outcome is the same.
 */
export class ReportedWeights {
  readonly #prioritySet: PrioritySet;
  readonly #options: ReportedWeightsOptions;
  readonly #reported = new Map<Host, ReportedWeight>();
  #nextUpdate: Nanoseconds;
  #version = 0;

  constructor(prioritySet: PrioritySet, options: ReportedWeightsOptions, now: Nanoseconds) {
    this.#prioritySet = prioritySet;
    this.#options = options;
    this.#nextUpdate = now + options.updatePeriod;
  }

  /** Rises when a weight has changed: balancers renew their schedules then. */
  versionAt(now: Nanoseconds): number {
    const { updatePeriod, blackout, expiration } = this.#options;
    // Without a report in between, so long after the last one further updates change nothing.
    const missed = now - 2 * (blackout + expiration) - this.#nextUpdate;
    if (missed > 0) this.#nextUpdate += Math.floor(missed / updatePeriod) * updatePeriod;
    for (; this.#nextUpdate <= now; this.#nextUpdate += updatePeriod) this.#updateAt(this.#nextUpdate);
    return this.#version;
  }

  report(host: Host, report: LoadReport, now: Nanoseconds): void {
    this.versionAt(now);
    const weight = weightOfReport(report, this.#options.metricNames, this.#options.errorPenalty);
    if (weight === null) return;
    const reported = this.#reported.get(host);
    if (reported === undefined) this.#reported.set(host, { weight, nonEmptySince: now, lastUpdate: now });
    else {
      reported.weight = weight;
      reported.nonEmptySince ??= now;
      reported.lastUpdate = now;
    }
  }

  /** A host set has been replaced. */
  hostsChanged(now: Nanoseconds): void {
    this.versionAt(now);
    const present = new Set(this.#prioritySet.hostSets.flatMap(({ hosts }) => hosts));
    for (const host of this.#reported.keys()) if (!present.has(host)) this.#reported.delete(host);
    this.#updateAt(now);
  }

  #updateAt(now: Nanoseconds): void {
    let changed = false;
    for (const { hosts } of this.#prioritySet.hostSets) changed = this.#weigh(hosts, now) || changed;
    if (changed) this.#version++;
  }

  #weigh(hosts: readonly Host[], now: Nanoseconds): boolean {
    const weights = hosts.map((host) => {
      const reported = this.#reported.get(host);
      return reported === undefined ? null : validWeight(reported, now, this.#options);
    });
    const otherwise = defaultWeight(weights.filter((weight) => weight !== null));
    let changed = false;
    hosts.forEach((host, i) => {
      const weight = weights[i] ?? otherwise;
      if (weight === host.weight) return;
      // A weight of 0 stays unequal to the host's least weight of 1, and counts as a change each time, as in Envoy.
      host.weight = Math.max(1, weight);
      changed = true;
    });
    return changed;
  }
}
