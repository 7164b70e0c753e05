import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import type { PriorityShares, RetryPriority } from "../policy.ts";
import { availabilityOf } from "./priority-load.ts";

type PriorityOf = (host: Host) => number | undefined;

const ownPriority: PriorityOf = ({ endpoint }) => endpoint.priority;

/**
 * Keeps retries away from priorities that the request has tried already: the share of their load is worked out
 * anew after every `updateFrequency` attempts (Envoy 1.40, source/extensions/retry/priority/previous_priorities).
 */
export class PreviousPriorities implements RetryPriority {
  readonly #updateFrequency: number;
  #attempted: readonly Host[] = [];
  /** Null: none; most requests are over after one attempt. */
  #excluded: Set<number> | null = null;
  #computed: PriorityShares | null = null;

  constructor(updateFrequency: number) {
    this.#updateFrequency = updateFrequency;
  }

  /** The request has been sent to this host. */
  onHostAttempted(host: Host): void {
    this.#attempted = this.#attempted.length === 0 ? [host] : [...this.#attempted, host];
  }

  loadFor(
    hostSets: readonly HostSet[],
    original: PriorityShares,
    priorityOf: PriorityOf = ownPriority,
  ): PriorityShares {
    return this.shares(
      hostSets.map((set) => availabilityOf(set, "healthy")),
      hostSets.map((set) => availabilityOf(set, "degraded")),
      original,
      priorityOf,
    );
  }

  /** The same from the availability of each priority in whole percent, of its healthy and of its degraded hosts. */
  shares(
    healthy: readonly number[],
    degraded: readonly number[],
    original: PriorityShares,
    priorityOf: PriorityOf = ownPriority,
  ): PriorityShares {
    const { length } = this.#attempted;
    if (length < this.#updateFrequency) return original;
    if (length % this.#updateFrequency === 0) {
      this.#excluded ??= new Set();
      for (const host of this.#attempted) {
        const priority = priorityOf(host);
        if (priority !== undefined) this.#excluded.add(priority);
      }
      this.#computed = this.#compute(healthy, degraded);
    }
    return this.#computed ?? original;
  }

  #compute(healthy: readonly number[], degraded: readonly number[]): PriorityShares | null {
    const without = (list: readonly number[]) =>
      list.map((percent, p) => (this.#excluded?.has(p) ? 0 : percent));
    const shares = shareOut(without(healthy), without(degraded));
    if (shares !== null) return shares;
    // Every usable priority has been tried: all count again.
    this.#excluded = null;
    this.#attempted = [];
    return shareOut(healthy, degraded);
  }
}

/** Null when nothing is available. */
function shareOut(healthy: readonly number[], degraded: readonly number[]): PriorityShares | null {
  const total = Math.min(100, sum(healthy) + sum(degraded));
  if (total === 0) return null;
  const healthyLoad: number[] = healthy.map(() => 0);
  const degradedLoad: number[] = degraded.map(() => 0);
  let remaining = 100;
  const giveOut = (load: number[], available: readonly number[]) =>
    available.forEach((percent, p) => {
      const share = Math.min(remaining, Math.floor((percent * 100) / total));
      load[p]! += share;
      remaining -= share;
    });
  while (remaining > 0) {
    giveOut(healthyLoad, healthy);
    giveOut(degradedLoad, degraded);
  }
  return { healthyLoad, degradedLoad };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
