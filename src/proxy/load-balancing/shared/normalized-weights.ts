import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import type { LocalityGroup } from "./locality-groups.ts";

/** Hosts that a hash may choose and their weights, which sum to 1. */
export interface WeighedHosts {
  readonly hosts: readonly Host[];
  readonly weights: readonly number[];
}

/** All hosts of a priority in panic, otherwise the healthy ones; degraded hosts are never chosen by hash. */
export function weighFlat(set: HostSet, inPanic: boolean): WeighedHosts {
  const hosts = inPanic ? set.hosts : set.healthy;
  return { hosts, weights: normalize(hosts, 1.0) };
}

/** The same, each locality having its configured share; one without weight is left out. */
export function weighByLocality(groups: readonly LocalityGroup[], inPanic: boolean): WeighedHosts {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const hosts: Host[] = [];
  const weights: number[] = [];
  for (const group of groups) {
    if (group.weight === 0) continue;
    const candidates = inPanic ? group.hosts : group.healthy;
    hosts.push(...candidates);
    weights.push(...normalize(candidates, group.weight / total));
  }
  return { hosts, weights };
}

/** In Envoy's order of operations (.../common/thread_aware_lb_impl.cc), on which the last bit depends. */
function normalize(hosts: readonly Host[], share: number): number[] {
  const sum = hosts.reduce((total, { weight }) => total + weight, 0);
  return hosts.map(({ weight }) => (weight * share) / sum);
}
