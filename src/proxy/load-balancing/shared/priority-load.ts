import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import type { PriorityShares } from "../policy.ts";
import { isBelowPanicThreshold } from "./panic.ts";

/**
 * How requests are shared out over the priorities of a cluster and over healthy and degraded hosts, in whole
 * percent that sum to 100 (Envoy 1.40, source/extensions/load_balancing_policies/common/load_balancer_impl.cc).
 *
 *   availability of p = min(100, overprovisioning factor * usable hosts / hosts)
 *
 * Every division truncates. Quotients are exact as long as products stay below 2^53.
 */
export class PriorityLoad implements PriorityShares {
  readonly health: number[] = [];
  readonly degraded: number[] = [];
  readonly healthyLoad: number[] = [];
  readonly degradedLoad: number[] = [];
  readonly panic: boolean[] = [];
  /** Availability of all priorities together, at most 100. */
  normalizedTotal = 0;
  readonly #healthyPanicThreshold: number;

  /** The threshold is a whole percent; above 100 it counts as 100, at 0 there is no panic. */
  constructor(healthyPanicThreshold: number) {
    this.#healthyPanicThreshold = Math.min(100, healthyPanicThreshold);
  }

  /** Takes note of the changed host set of one priority. */
  update(hostSets: readonly HostSet[], priority: number): void {
    for (let p = this.health.length; p < hostSets.length; p++) this.#measure(hostSets[p]!, p);
    this.#measure(hostSets[priority]!, priority);
    this.normalizedTotal = Math.min(100, sum(this.health) + sum(this.degraded));
    if (this.normalizedTotal > 0) this.#shareOut();
    this.#decidePanic(hostSets);
  }

  #measure(set: HostSet, priority: number): void {
    this.health[priority] = availabilityOf(set, "healthy");
    this.degraded[priority] = availabilityOf(set, "degraded");
    this.healthyLoad[priority] ??= 0;
    this.degradedLoad[priority] ??= 0;
    this.panic[priority] ??= false;
  }

  #shareOut(): void {
    let remaining = 100;
    remaining -= giveOut(this.healthyLoad, this.health, this.normalizedTotal, remaining);
    remaining -= giveOut(this.degradedLoad, this.degraded, this.normalizedTotal, remaining);
    if (remaining === 0) return;
    const firstHealthy = this.health.findIndex((percent) => percent > 0);
    if (firstHealthy >= 0) this.healthyLoad[firstHealthy]! += remaining;
    else this.degradedLoad[this.degraded.findIndex((percent) => percent > 0)]! += remaining;
  }

  #decidePanic(hostSets: readonly HostSet[]): void {
    // Nothing can be chosen, so that one write is enough to make every pick end at priority 0.
    if (this.#healthyPanicThreshold === 0 && this.normalizedTotal === 0) {
      this.healthyLoad[0] = 100;
      return;
    }
    for (let p = 0; p < hostSets.length; p++)
      this.panic[p] =
        this.normalizedTotal < 100 && isBelowPanicThreshold(hostSets[p]!, this.#healthyPanicThreshold);
    if (this.panic.every((panicking) => panicking)) this.#shareByCount(hostSets);
  }

  /** When every priority panics, load goes by the number of all hosts. */
  #shareByCount(hostSets: readonly HostSet[]): void {
    const hosts = hostSets.reduce((count, set) => count + set.hosts.length, 0);
    this.degradedLoad.fill(0);
    hostSets.forEach((set, p) => {
      this.healthyLoad[p] = hosts === 0 ? 0 : Math.floor((100 * set.hosts.length) / hosts);
    });
    const first = Math.max(
      0,
      hostSets.findIndex((set) => set.hosts.length > 0),
    );
    this.healthyLoad[first]! += 100 - sum(this.healthyLoad);
  }
}

/** Percent of a priority's hosts that are usable, scaled up by the overprovisioning factor. */
export function availabilityOf(set: HostSet, usable: "healthy" | "degraded"): number {
  const counted = set.hosts.length - set.excluded.length;
  if (counted === 0) return 0;
  const measure = set.weightedPriorityHealth ? totalWeight : numberOf;
  const whole = measure(set.hosts) - measure(set.excluded);
  return Math.min(100, Math.floor((set.overprovisioningFactor * measure(set[usable])) / whole));
}

function numberOf(hosts: readonly Host[]): number {
  return hosts.length;
}

function totalWeight(hosts: readonly Host[]): number {
  return hosts.reduce((total, host) => total + host.weight, 0);
}

/** Fills `load` with shares of what remains and returns how much was given out. */
function giveOut(load: number[], available: readonly number[], total: number, remaining: number): number {
  let given = 0;
  available.forEach((percent, p) => {
    const share = Math.min(remaining - given, Math.floor((percent * 100) / total));
    load[p] = share;
    given += share;
  });
  return given;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * The priority for a number drawn from [0, 100), first among healthy then among degraded loads: p for the
 * healthy hosts of priority p, -1 - p for its degraded hosts. One number, because a pick must not allocate.
 */
export function pickPriority(
  healthyLoad: readonly number[],
  degradedLoad: readonly number[],
  drawn: number,
): number {
  let reached = 0;
  for (let p = 0; p < healthyLoad.length; p++) if (drawn < (reached += healthyLoad[p]!)) return p;
  for (let p = 0; p < degradedLoad.length; p++) if (drawn < (reached += degradedLoad[p]!)) return -1 - p;
  // Only when availability rounds to 0 everywhere and panic is set so low that it does not help.
  return 0;
}
