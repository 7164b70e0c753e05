import type { FilterLevels } from "../cluster/route-levels.ts";
import type { ClusterTarget } from "./cluster-choice.ts";
import type { RouteEntry } from "./route-match.ts";

/**
 * Clusters for the attempts of a request whose retry policy has `refresh_cluster_on_retry`: each retry goes to
 * another one of the weighted clusters until all have been tried.
 */
export interface ClusterRotation {
  /** The first attempt's comes first. */
  readonly names: readonly string[];
  /** Whether the first one follows the last; otherwise all further attempts stay with the last. */
  readonly repeats: boolean;
}

/** The cluster of an attempt, counted from 0. */
export function clusterOfAttempt({ names, repeats }: ClusterRotation, attempt: number): string {
  return names[repeats ? attempt % names.length : Math.min(attempt, names.length - 1)]!;
}

/**
 * The order in which one random value picks weighted clusters, each time among those that are left; without those
 * that have no weight. `residue` is the value modulo a sum of weights.
 * (Envoy 1.40, WeightedClusterEntry::refreshRouteClusterInternal in source/common/router/weighted_cluster_specifier.cc.)
 */
export function orderOfPicks(weights: readonly number[], residue: (sum: number) => number): number[] {
  const left = new Set(weights.keys());
  const order: number[] = [];
  for (let sum = total(weights, left); sum > 0; sum = total(weights, left)) {
    const picked = pick(weights, left, residue(sum));
    left.delete(picked);
    order.push(picked);
  }
  return order;
}

function total(weights: readonly number[], left: ReadonlySet<number>): number {
  let sum = 0;
  for (const index of left) sum += weights[index]!;
  return sum;
}

/** The one in whose share the value lies, in the order listed. */
function pick(weights: readonly number[], left: ReadonlySet<number>, value: number): number {
  let end = 0;
  for (const index of left) if (value < (end += weights[index]!)) return index;
  throw new RangeError("the value is not below the sum of weights");
}

/** Targets of first attempts that know where retries go; one for each order, so that repeated requests share it. */
export class RotatedTargets {
  private readonly targets = new Map<string, ClusterTarget>();
  private readonly route: RouteEntry;
  private readonly levels: FilterLevels;

  constructor(route: RouteEntry, levels: FilterLevels) {
    this.route = route;
    this.levels = levels;
  }

  /** `targets`: of all weighted clusters; `order`: which of them follow each other. */
  targetFor(targets: readonly ClusterTarget[], order: readonly number[]): ClusterTarget {
    const names = order.map((index) => nameOf(targets[index]!));
    const key = JSON.stringify([order, names]);
    let target = this.targets.get(key);
    if (target === undefined) {
      const rotation = { names, repeats: order.length === targets.length };
      this.targets.set(key, (target = { ...this.full(targets[order[0]!]!), rotation }));
    }
    return target;
  }

  private full(target: ClusterTarget): Exclude<ClusterTarget, string> {
    if (typeof target !== "string") return target;
    const { route, levels } = this;
    return { name: target, metadataMatch: undefined, filterLevels: levels, route, rotation: null };
  }
}

function nameOf(target: ClusterTarget): string {
  return typeof target === "string" ? target : target.name;
}
