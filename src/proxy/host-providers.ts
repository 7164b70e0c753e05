import type { Simulator } from "../kernel/simulator.ts";
import type { Stats } from "../telemetry/stats.ts";
import type { ProvidedHosts } from "./cluster-kind.ts";
import { LazyMembers } from "./lazy-members.ts";
import { Aggregate } from "./load-balancing/cluster-provided/aggregate.ts";
import {
  DynamicForward,
  NameCache,
  type ResolveName,
} from "./load-balancing/cluster-provided/dynamic-forward.ts";
import { OriginalDestination } from "./load-balancing/cluster-provided/original-destination.ts";
import type { HostProvider } from "./load-balancing/policy.ts";
import type { ProxyCluster } from "./proxy-cluster.ts";
import type { Worker } from "./worker.ts";

export interface HostProviderDeps {
  readonly simulator: Simulator;
  readonly stats: Stats;
  readonly resolve: ResolveName;
}

/** What the clusters of one process that choose their hosts themselves choose by. */
export class HostProviders {
  private readonly deps: HostProviderDeps;
  /** By cluster: its provider, which all workers share; an aggregate cluster has one for each worker. */
  private readonly shared = new Map<ProxyCluster, HostProvider>();
  /** By its name in statistics. */
  private readonly caches = new Map<string, NameCache>();

  constructor(deps: HostProviderDeps) {
    this.deps = deps;
  }

  /** Undefined for a cluster whose balancer chooses. An aggregate cluster comes after all of its clusters. */
  providerFor(cluster: ProxyCluster, worker: Worker): HostProvider | undefined {
    const { provided } = cluster.config;
    if (provided === null) return undefined;
    if (provided.kind === "aggregate") return this.aggregate(cluster, provided.clusters, worker);
    let provider = this.shared.get(cluster);
    if (provider === undefined) this.shared.set(cluster, (provider = this.lazy(cluster, provided)));
    return provider;
  }

  /** Of the dynamic forward proxy's cluster of this name; undefined for others. */
  forwarderOf(name: string): DynamicForward | undefined {
    for (const [cluster, provider] of this.shared) {
      if (cluster.name === name && provider instanceof DynamicForward) return provider;
    }
    return undefined;
  }

  private aggregate(cluster: ProxyCluster, names: readonly string[], worker: Worker): HostProvider {
    const members = names.flatMap((name) => worker.cluster(name) ?? []);
    const provider = new Aggregate({
      members: members.map((member) => ({
        prioritySet: member.cluster.prioritySet,
        loadBalancer: member.loadBalancer,
      })),
      random: worker.random,
      healthyPanicThreshold: cluster.config.healthyPanicThreshold,
    });
    for (const member of members) member.cluster.prioritySet.onUpdate(() => provider.refresh());
    return provider;
  }

  private lazy(cluster: ProxyCluster, provided: Exclude<ProvidedHosts, { kind: "aggregate" }>): HostProvider {
    const { simulator, stats } = this.deps;
    const members = new LazyMembers(cluster, simulator);
    if (provided.kind === "dynamic forward")
      return new DynamicForward(provided, this.cacheOf(provided.cache, provided.maxHosts), members);
    members.cleanUpEvery(provided.cleanupInterval);
    const invalid = stats.counter(`cluster.${cluster.config.statName}.original_dst_host_invalid`);
    return new OriginalDestination(provided, members, invalid);
  }

  private cacheOf(name: string, maxHosts: number): NameCache {
    let cache = this.caches.get(name);
    if (cache === undefined)
      this.caches.set(name, (cache = new NameCache(name, maxHosts, this.deps.resolve, this.deps.stats)));
    return cache;
  }
}
