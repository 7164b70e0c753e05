import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet, PrioritySet } from "../../cluster/priority-set.ts";
import type { HostProvider, LoadBalancer, LoadBalancerContext } from "../policy.ts";
import { PriorityLoad, pickPriority } from "../shared/priority-load.ts";
import { ChosenPriority } from "./chosen-priority.ts";

/** A cluster of an aggregate cluster, as one worker has it. */
export interface AggregateMember {
  readonly prioritySet: PrioritySet;
  readonly loadBalancer: LoadBalancer;
}

export interface AggregateDeps {
  /** The clusters in the order of preference; those that do not exist are left out. */
  readonly members: readonly AggregateMember[];
  /** This worker's own draws. */
  readonly random: Random64;
  /** That of the aggregate cluster, in whole percent. */
  readonly healthyPanicThreshold: number;
}

/** One priority of one of the clusters. */
interface Level {
  readonly member: AggregateMember;
  readonly set: HostSet;
}

/**
 * Puts the priorities of several clusters one after the other, those without hosts left out, shares requests out
 * over them as over the priorities of one cluster, and lets the balancer of the chosen cluster choose in the chosen
 * priority. One draw, then those of that balancer. (Envoy 1.40, source/extensions/clusters/aggregate/cluster.cc.)
 */
export class Aggregate implements HostProvider {
  readonly #deps: AggregateDeps;
  #levels: readonly Level[] = [];
  #hostSets: readonly HostSet[] = [];
  #load: PriorityLoad;

  constructor(deps: AggregateDeps) {
    this.#deps = deps;
    this.#load = new PriorityLoad(deps.healthyPanicThreshold);
    this.refresh();
  }

  hostFor(context: LoadBalancerContext): Host | null {
    if (this.#levels.length === 0) return null;
    const { random } = this.#deps;
    const { retryPriority } = context;
    const { healthyLoad, degradedLoad } =
      retryPriority === null
        ? this.#load
        : retryPriority.loadFor(this.#hostSets, this.#load, (host) => this.#levelOf(host));
    random.draw();
    const picked = pickPriority(healthyLoad, degradedLoad, random.mod(100));
    const { member, set } = this.#levels[picked >= 0 ? picked : -1 - picked]!;
    return member.loadBalancer.chooseHost(new ChosenPriority(context, set.priority, picked < 0));
  }

  /** Hosts of one of the clusters, or their health, have changed. */
  refresh(): void {
    this.#levels = this.#deps.members.flatMap((member) =>
      member.prioritySet.hostSets.filter(({ hosts }) => hosts.length > 0).map((set) => ({ member, set })),
    );
    this.#hostSets = this.#levels.map(({ set }) => set);
    this.#load = new PriorityLoad(this.#deps.healthyPanicThreshold);
    for (const level of this.#hostSets.keys()) this.#load.update(this.#hostSets, level);
  }

  /** Undefined for a host that has left in the meantime. */
  #levelOf(host: Host): number | undefined {
    const level = this.#hostSets.findIndex(({ hosts }) => hosts.includes(host));
    return level < 0 ? undefined : level;
  }
}
