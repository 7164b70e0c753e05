import type { Host } from "../../cluster/host.ts";
import type { LoadReport } from "../../cluster/load-report.ts";
import type { LocalityWeights } from "../../cluster/locality.ts";
import type { HostSet, PrioritySet } from "../../cluster/priority-set.ts";
import type { BalancerView } from "../balancer-view.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps, MakeLoadBalancer } from "../policy.ts";
import { groupByLocality } from "../shared/locality-groups.ts";
import type { SubsetOptions } from "./subset-options.ts";

/** Hosts that belong together, and how one of them is chosen. */
export interface HostSubset {
  chooseHost(context: LoadBalancerContext): Host | null;
  /** For explanations; absent where it cannot be told. */
  view?(context: LoadBalancerContext): BalancerView | null;
  /** A host of the priority that is being updated belongs to the subset. */
  add(priority: number, host: Host): void;
  /** All hosts of the priority have been looked at. */
  finish(priority: number): void;
  /** Whether any host belongs to it, usable or not. */
  readonly isActive: boolean;
  /** A host, of this subset or not, has reported its load. */
  onLoadReport?(host: Host, report: LoadReport): void;
}

/** A subset with a balancer of its own over its part of each priority. */
export class BalancedSubset implements HostSubset {
  readonly #whole: PrioritySet;
  readonly #deps: LoadBalancerDeps;
  readonly #options: SubsetOptions;
  readonly #part: { readonly hostSets: HostSet[] };
  readonly #balancer: LoadBalancer;
  #added = new Set<Host>();

  constructor(deps: LoadBalancerDeps, options: SubsetOptions, makeChild: MakeLoadBalancer) {
    this.#whole = deps.prioritySet;
    this.#deps = deps;
    this.#options = options;
    this.#part = { hostSets: [this.#partOf(0, new Set())] };
    this.#balancer = makeChild({ ...deps, prioritySet: this.#part });
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return this.#balancer.chooseHost(context);
  }

  view(context: LoadBalancerContext): BalancerView | null {
    return this.#balancer.view?.(context) ?? null;
  }

  add(_priority: number, host: Host): void {
    this.#added.add(host);
  }

  finish(priority: number): void {
    const { hostSets } = this.#part;
    for (let p = hostSets.length; p < priority; p++) hostSets.push(this.#partOf(p, new Set()));
    hostSets[priority] = this.#partOf(priority, this.#added);
    this.#added = new Set();
    this.#balancer.update(priority);
  }

  get isActive(): boolean {
    return this.#part.hostSets.some(({ hosts }) => hosts.length > 0);
  }

  onLoadReport(host: Host, report: LoadReport): void {
    this.#balancer.onLoadReport?.(host, report);
  }

  /** These hosts of a priority, in the order and with the health of the whole. */
  #partOf(priority: number, members: ReadonlySet<Host>): HostSet {
    const partOf = this.#whole.hostSets[priority]!;
    const belongs = (host: Host) => members.has(host);
    const { localityWeights: _, ...set } = partOf;
    const part: HostSet = {
      ...set,
      partOf,
      hosts: partOf.hosts.filter(belongs),
      healthy: partOf.healthy.filter(belongs),
      degraded: partOf.degraded.filter(belongs),
      excluded: partOf.excluded.filter(belongs),
    };
    const localityWeights = this.#localityWeights(partOf, part);
    return localityWeights === undefined ? part : { ...part, localityWeights };
  }

  #localityWeights(whole: HostSet, part: HostSet): LocalityWeights | undefined {
    if (!this.#options.localityWeightAware || !this.#options.scaleLocalityWeight)
      return this.#options.localityWeightAware ? whole.localityWeights : undefined;
    const { ownLocality } = this.#deps;
    const parts = groupByLocality(part, ownLocality).groups;
    return new Map(
      groupByLocality(whole, ownLocality).groups.map(({ key, hosts, weight }, i) => {
        return [key, scaleWeight(weight, parts[i]!.hosts.length, hosts.length)];
      }),
    );
  }
}

/** A locality's weight by the share of its hosts in the subset, the product in single precision, as Envoy has it. */
export function scaleWeight(weight: number, subsetHosts: number, originalHosts: number): number {
  if (originalHosts === 0) return 0;
  return Math.round(Math.fround(Math.fround(weight * subsetHosts) / Math.fround(originalHosts)));
}

/** The first host of the lowest priority that has one, whatever its health. */
export class SingleHostSubset implements HostSubset {
  readonly #byPriority: (Host | undefined)[] = [];
  #added: Host | undefined;

  chooseHost(): Host | null {
    return this.#byPriority.find((host) => host !== undefined) ?? null;
  }

  add(_priority: number, host: Host): void {
    this.#added = host;
  }

  finish(priority: number): void {
    this.#byPriority[priority] = this.#added;
    this.#added = undefined;
  }

  get isActive(): boolean {
    return this.#byPriority.some((host) => host !== undefined);
  }
}
