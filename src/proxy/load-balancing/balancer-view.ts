import type { U64 } from "../../hash/u64.ts";
import type { Host } from "../cluster/host.ts";
import type { Locality } from "../cluster/locality.ts";

/**
 * How a balancer would share first attempts out at this moment, while all hosts are equally busy; for
 * explanations. Made from the state that its picks are made from.
 */
export interface BalancerView {
  /** Decisions before those about priorities, in words. */
  readonly notes: readonly string[];
  readonly priorities: readonly PriorityView[];
  /** The lists of hosts that a pick can fall to; their shares sum to 1 unless some picks find no host. */
  readonly lists: readonly ListView[];
  /** By what the request falls to its host, so that equal requests have the same one; null: by no hash. */
  readonly hash: U64 | null;
}

/** What decides how many requests a priority gets. */
export interface PriorityView {
  readonly priority: number;
  readonly hosts: number;
  readonly healthy: number;
  readonly degraded: number;
  /** Hosts that count neither way. */
  readonly excluded: number;
  /** Integer percent. */
  readonly overprovisioningFactor: number;
  /** Whole percent: min(100, overprovisioning factor * usable / counted) of healthy and of degraded hosts. */
  readonly healthyAvailability: number;
  readonly degradedAvailability: number;
  /** Whole percent of all requests. */
  readonly healthyLoad: number;
  readonly degradedLoad: number;
  readonly inPanic: boolean;
}

export interface ListView {
  readonly priority: number;
  /** `all`: in panic. */
  readonly of: "all" | "healthy" | "degraded";
  /** Null: hosts of every locality. */
  readonly locality: Locality | null;
  /** Share of all requests. */
  readonly share: number;
  /** How its hosts are chosen, in words. */
  readonly by: string;
  /** Whether chance decides among its hosts; otherwise turns do. */
  readonly isChance: boolean;
  /** Null where the shares cannot be told. */
  readonly hosts: readonly HostShare[] | null;
}

export interface HostShare {
  readonly host: Host;
  /** Of all requests. */
  readonly share: number;
}

/** The last number drawn modulo `modulus` is in [from, to): what is known of it when a list has been chosen. */
export interface DrawnSpan {
  readonly modulus: number;
  readonly from: number;
  readonly to: number;
}

/** How the hosts of one list are chosen. */
export interface Turns {
  readonly by: string;
  readonly isChance: boolean;
  /** Of each host of the list, of its requests; they sum to 1. Null: cannot be told. */
  readonly shares: readonly number[] | null;
}

/**
 * The chance of each remainder of a number modulo n, when it is known of the number that it lies in a span: exact,
 * since remainders by two moduli are independent once that by their greatest common divisor is given.
 */
export function sharesOfRemainders(n: number, { modulus, from, to }: DrawnSpan): number[] {
  const g = greatestCommonDivisor(modulus, n);
  const width = to - from;
  return Array.from({ length: n }, (_, i) => {
    const fitting = Math.floor((to - 1 - (i % g) + g) / g) - Math.floor((from - 1 - (i % g) + g) / g);
    return (fitting * g) / (width * n);
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

export function evenShares(count: number): number[] {
  return Array.from({ length: count }, () => 1 / count);
}

/** In proportion to these weights. */
export function sharesByWeight(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The same view with a further decision in front. */
export function withNote(view: BalancerView, note: string): BalancerView {
  return { ...view, notes: [note, ...view.notes] };
}
