import { moduloU64, type U64 } from "../../../hash/u64.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import type { BalancerView, ListView } from "../balancer-view.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps, RequestHasher } from "../policy.ts";
import { boundedSlots, chooseBounded } from "./bounded-load.ts";
import type { HashTable } from "./hash-table.ts";
import { hostHashKey } from "./host-hash-key.ts";
import { groupByLocality } from "./locality-groups.ts";
import { type WeighedHosts, weighByLocality, weighFlat } from "./normalized-weights.ts";
import { PriorityLoad, pickPriority } from "./priority-load.ts";
import { spansOf, viewPriorities } from "./priority-view.ts";
import type { TableCache } from "./table-cache.ts";

/** Options that ring hash and Maglev share. */
export interface HashOptions {
  readonly useHostname: boolean;
  /** Percent of the average load above which a host is passed over, at least 100; 0: no bound. */
  readonly balanceFactor: number;
  readonly isLocalityWeighted: boolean;
  /** Hash policies of the balancer itself; null: those of the cluster or the route. */
  readonly hasher: RequestHasher | null;
}

interface PriorityTable extends WeighedHosts {
  /** Null when there is no host. */
  readonly table: HashTable | null;
}

/**
 * Consistent hashing over the priorities of a cluster: a request's hash chooses the priority and the place in
 * that priority's table; without a hash one draw takes its place (Envoy 1.40,
 * .../common/thread_aware_lb_impl.cc). Draws nothing else.
 */
export class HashBalancer implements LoadBalancer {
  readonly #deps: LoadBalancerDeps;
  readonly #options: HashOptions;
  readonly #cache: TableCache;
  readonly #load: PriorityLoad;
  readonly #healthyPanic: Counter;
  #tables: readonly PriorityTable[] = [];

  constructor(deps: LoadBalancerDeps, options: HashOptions, cache: TableCache) {
    this.#deps = deps;
    this.#options = options;
    this.#cache = cache;
    this.#load = new PriorityLoad(deps.healthyPanicThreshold);
    this.#healthyPanic = deps.stats.counter(`cluster.${deps.clusterName}.lb_healthy_panic`);
    this.update(0);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    const hash = this.#hashOf(context);
    const { healthyLoad, degradedLoad, panic } = this.#load;
    const picked = healthyLoad[0] === 100 ? 0 : pickPriority(healthyLoad, degradedLoad, moduloU64(hash, 100));
    // Degraded hosts are in no table, so that a pick for them finds only healthy ones.
    const priority = picked >= 0 ? picked : -1 - picked;
    if (panic[priority]) this.#healthyPanic.value++;
    const attempts = context.hostSelectionRetryCount;
    for (let attempt = 0; ; attempt++) {
      const host = this.#lookUp(this.#tables[priority]!, hash, attempt);
      if (host === null || attempt >= attempts || !context.shouldSelectAnotherHost(host)) return host;
    }
  }

  view(context: LoadBalancerContext): BalancerView {
    const { hasher, balanceFactor } = this.#options;
    const hash = hasher === null ? context.hashKey() : hasher.hash(context);
    const lists = spansOf(this.#load).map(({ priority, from, to }) =>
      this.#listOf(priority, (to - from) / 100),
    );
    const bound = `hosts above ${balanceFactor}% of the average load are passed over`;
    return {
      notes: balanceFactor === 0 ? [] : [bound],
      priorities: viewPriorities(this.#deps.prioritySet.hostSets, this.#load),
      lists,
      hash,
    };
  }

  #listOf(priority: number, share: number): ListView {
    const { table, hosts } = this.#tables[priority]!;
    const shares = table?.shares() ?? [];
    return {
      priority,
      of: this.#load.panic[priority] ? "all" : "healthy",
      locality: null,
      share,
      by: "by hash",
      isChance: true,
      hosts: hosts.map((host, i) => ({ host, share: share * shares[i]! })),
    };
  }

  /** The loads depend on every priority, and so may every priority's panic and its table. */
  update(priority: number): void {
    const { hostSets } = this.#deps.prioritySet;
    this.#load.update(hostSets, priority);
    this.#tables = hostSets.map((set, p) => this.#tableOf(set, this.#load.panic[p]!));
  }

  #hashOf(context: LoadBalancerContext): U64 {
    const { hasher } = this.#options;
    const hash = hasher === null ? context.hashKey() : hasher.hash(context);
    if (hash !== null) return hash;
    const { random } = this.#deps;
    random.draw("hash");
    return { high: random.high, low: random.low };
  }

  #lookUp({ table, hosts, weights }: PriorityTable, hash: U64, attempt: number): Host | null {
    if (table === null) return null;
    const found = table.lookUp(hash, attempt);
    const { balanceFactor } = this.#options;
    if (balanceFactor === 0) return hosts[found]!;
    const clusterActive = this.#deps.activeRequests.value;
    const overload = (i: number) =>
      hosts[i]!.activeRequests / boundedSlots(clusterActive, balanceFactor, weights[i]!);
    return hosts[chooseBounded(found, hosts.length, hash, overload)]!;
  }

  #tableOf(set: HostSet, inPanic: boolean): PriorityTable {
    const weighed = this.#weigh(set, inPanic);
    const { hosts, weights } = weighed;
    if (hosts.length === 0) return { ...weighed, table: null };
    const keys = hosts.map((host) => hostHashKey(host, this.#options.useHostname));
    const table = this.#cache.tableOf(keys, weights);
    const { stats, clusterName } = this.#deps;
    for (const [name, value] of Object.entries(table.gauges))
      stats.gauge(`cluster.${clusterName}.${name}`).value = value;
    return { ...weighed, table };
  }

  #weigh(set: HostSet, inPanic: boolean): WeighedHosts {
    if (!this.#options.isLocalityWeighted || set.localityWeights === undefined)
      return weighFlat(set, inPanic);
    return weighByLocality(groupByLocality(set, this.#deps.ownLocality).groups, inPanic);
  }
}
