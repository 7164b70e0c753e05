import type { Host } from "../../cluster/host.ts";
import { EdfScheduler, type WeightOf } from "./edf-scheduler.ts";

/**
 * The schedule of a list whose hosts differ in weight; null where the policy picks without weights: all
 * configured weights are equal and no host is in slow start, or there is at most one host
 * (Envoy 1.40: `EdfLoadBalancerBase::refresh`). `seed` is the lower half of the balancer's seed, the same at
 * every rebuild.
 */
export function weightedSchedule(
  hosts: readonly Host[],
  hostWeight: WeightOf<Host>,
  seed: number,
  isSlowStarting: boolean,
): EdfScheduler<Host> | null {
  const first = hosts[0];
  if (first === undefined || hosts.length === 1) return null;
  if (!isSlowStarting && hosts.every((host) => host.weight === first.weight)) return null;
  return EdfScheduler.createWithPicks(hosts, hostWeight, seed);
}
