import type { Host } from "./host.ts";

/** The hosts of one priority and who of them may be used; replaced as a whole when it changes. */
export interface HostSet {
  readonly priority: number;
  /** Integer percent; 140 by default. */
  readonly overprovisioningFactor: number;
  /** Whether priority health is by weight instead of by count. */
  readonly weightedPriorityHealth: boolean;
  readonly hosts: readonly Host[];
  readonly healthy: readonly Host[];
  readonly degraded: readonly Host[];
  readonly excluded: readonly Host[];
}

/** The host sets of a cluster by priority, without gaps. Balancers read it; the cluster replaces its sets. */
export interface PrioritySet {
  readonly hostSets: readonly HostSet[];
}

/** Sorts hosts by their present health; every list keeps the order of `hosts`. */
export function makeHostSet(
  priority: number,
  hosts: readonly Host[],
  overprovisioningFactor = 140,
  weightedPriorityHealth = false,
): HostSet {
  return {
    priority,
    overprovisioningFactor,
    weightedPriorityHealth,
    hosts,
    healthy: hosts.filter((host) => host.coarseHealth === "healthy"),
    degraded: hosts.filter((host) => host.coarseHealth === "degraded"),
    excluded: hosts.filter((host) => host.isExcluded),
  };
}
