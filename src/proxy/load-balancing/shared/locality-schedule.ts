import type { HostSet } from "../../cluster/priority-set.ts";
import { EdfScheduler } from "./edf-scheduler.ts";
import type { LocalityGroup } from "./locality-groups.ts";

/** One locality as far as its weight depends on it. */
export interface WeighedLocality {
  readonly weight: number;
  /** Hosts, those not counted, and those that may be used. */
  readonly total: number;
  readonly excluded: number;
  readonly eligible: number;
}

/**
 * A locality's weight, lowered when fewer of its hosts are usable than overprovisioning covers
 * (Envoy 1.40, .../common/locality_wrr.cc): weight * min(1, factor / 100 * eligible / counted).
 */
export function effectiveWeight(locality: WeighedLocality, overprovisioningFactor: number): number {
  const counted = locality.total - locality.excluded;
  if (counted === 0) return 0;
  const ratio = (1.0 * locality.eligible) / counted;
  return locality.weight * Math.min(1.0, (overprovisioningFactor / 100.0) * ratio);
}

/** The order of localities by effective weights; null when no locality has one. `seed` is below 2^32. */
export function scheduleLocalities(weights: readonly number[], seed: number): EdfScheduler<number> | null {
  const indices = [...weights.keys()].filter((i) => weights[i]! > 0);
  return indices.length === 0 ? null : EdfScheduler.createWithPicks(indices, (i) => weights[i]!, seed);
}

/** The schedule of a priority's localities for its healthy or its degraded hosts; null: choose among all of them. */
export function localitySchedule(
  set: HostSet,
  groups: readonly LocalityGroup[],
  eligible: "healthy" | "degraded",
  seed: number,
): EdfScheduler<number> | null {
  if (set.localityWeights === undefined || set[eligible].length === 0) return null;
  return scheduleLocalities(effectiveWeights(set, groups, eligible), seed);
}

/** The effective weights of a priority's localities. */
export function effectiveWeights(
  set: HostSet,
  groups: readonly LocalityGroup[],
  eligible: "healthy" | "degraded",
): number[] {
  return groups.map((group) => {
    const { hosts, excluded, weight } = group;
    const counts = {
      weight,
      total: hosts.length,
      excluded: excluded.length,
      eligible: group[eligible].length,
    };
    return effectiveWeight(counts, set.overprovisioningFactor);
  });
}
