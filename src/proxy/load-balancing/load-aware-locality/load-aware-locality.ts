import { moduloU64, type U64 } from "../../../hash/u64.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";
import type { Random64 } from "../../../random/random64.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadReport } from "../../cluster/load-report.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps, MakeLoadBalancer } from "../policy.ts";
import { groupByLocality } from "../shared/locality-groups.ts";
import { PriorityLoad, pickPriority } from "../shared/priority-load.ts";
import type { HostList, LocalityLoads } from "./locality-loads.ts";
import type { LocalityShares } from "./locality-shares.ts";

const LARGEST_DRAW = 0x1_0000_0000 * 0x1_0000_0000;

/** The balancer over one list of one locality: to it, all of these hosts are well. */
class LocalityBalancer {
  readonly #hostSets: HostSet[] = [];
  readonly balancer: LoadBalancer;

  constructor(deps: LoadBalancerDeps, makeChild: MakeLoadBalancer, set: HostSet, hosts: readonly Host[]) {
    this.#hostSets.push(allHealthy(set, hosts));
    this.balancer = makeChild({ ...deps, prioritySet: { hostSets: this.#hostSets } });
  }

  replace(set: HostSet, hosts: readonly Host[]): void {
    this.#hostSets[0] = allHealthy(set, hosts);
    this.balancer.update(0);
  }
}

/**
 * A locality by how busy the localities are, then a child policy among its hosts (Envoy 1.40,
 * load_aware_locality; experimental there). Draws: one for the priority unless the request has a hash, one for
 * the locality where there are several, then the child's.
 */
export class LoadAwareLocality implements LoadBalancer {
  readonly #deps: LoadBalancerDeps;
  readonly #random: Random64;
  readonly #clock: { readonly now: Nanoseconds };
  readonly #loads: LocalityLoads;
  readonly #makeChild: MakeLoadBalancer;
  readonly #priorityLoad: PriorityLoad;
  readonly #counters: Readonly<Record<"panic" | "direct" | "sampled" | "crossZone", Counter>>;
  /** By priority, list and key of the locality. */
  readonly #children = new Map<string, LocalityBalancer>();

  /** `loads` are those of the process, shared by its workers. */
  constructor(deps: LoadBalancerDeps, loads: LocalityLoads, makeChild: MakeLoadBalancer) {
    this.#deps = deps;
    this.#random = deps.random;
    this.#clock = deps.clock;
    this.#loads = loads;
    this.#makeChild = makeChild;
    this.#priorityLoad = new PriorityLoad(deps.healthyPanicThreshold);
    const counter = (name: string) => deps.stats.counter(`cluster.${deps.clusterName}.lb_${name}`);
    this.#counters = {
      panic: counter("healthy_panic"),
      direct: counter("zone_routing_all_directly"),
      sampled: counter("zone_routing_sampled"),
      crossZone: counter("zone_routing_cross_zone"),
    };
    this.#priorityLoad.update(deps.prioritySet.hostSets, 0);
    for (const set of deps.prioritySet.hostSets) this.#takeOver(set);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    const { healthyLoad, degradedLoad, panic } = this.#priorityLoad;
    const picked = pickPriority(healthyLoad, degradedLoad, moduloU64(this.#hashOrDraw(context), 100));
    const priority = picked >= 0 ? picked : -1 - picked;
    if (panic[priority]) this.#counters.panic.value++;
    const list = panic[priority] ? "hosts" : picked >= 0 ? "healthy" : "degraded";
    const { groups, hasLocal } = groupByLocality(
      this.#deps.prioritySet.hostSets[priority]!,
      this.#deps.ownLocality,
    );
    const shares = this.#loads.sharesAt(this.#clock.now, priority, list);
    const locality = this.#chooseLocality(shares);
    if (groups.length === 0) return null;
    if (hasLocal && groups.length > 1) this.#count(locality, shares);
    return this.#children.get(childKey(priority, list, groups[locality]!.key))!.balancer.chooseHost(context);
  }

  update(priority: number): void {
    this.#loads.hostsChanged(this.#clock.now);
    const { hostSets } = this.#deps.prioritySet;
    this.#priorityLoad.update(hostSets, priority);
    this.#takeOver(hostSets[priority]!);
  }

  onLoadReport(host: Host, report: LoadReport): void {
    this.#loads.report(host, report, this.#clock.now);
    for (const { balancer } of this.#children.values()) balancer.onLoadReport?.(host, report);
  }

  #hashOrDraw(context: LoadBalancerContext): U64 {
    const hash = context.hashKey();
    if (hash !== null) return hash;
    this.#random.draw("hash");
    return this.#random;
  }

  #chooseLocality({ weights, total }: LocalityShares): number {
    if (weights.length < 2 || total <= 0) return 0;
    this.#random.draw("locality");
    const { high, low } = this.#random;
    const target = ((high * 0x1_0000_0000 + low) / LARGEST_DRAW) * total;
    let reached = 0;
    const found = weights.findIndex((weight) => (reached += weight) > target);
    return found >= 0 ? found : weights.length - 1;
  }

  #count(locality: number, { prefersLocal, probes }: LocalityShares): void {
    const { direct, sampled, crossZone } = this.#counters;
    if (locality > 0) crossZone.value++;
    else if (prefersLocal && !probes) direct.value++;
    else sampled.value++;
  }

  #takeOver(set: HostSet): void {
    for (const group of groupByLocality(set, this.#deps.ownLocality).groups)
      for (const list of ["healthy", "degraded", "hosts"] as const) {
        const key = childKey(set.priority, list, group.key);
        const child = this.#children.get(key);
        if (child !== undefined) child.replace(set, group[list]);
        else this.#children.set(key, new LocalityBalancer(this.#deps, this.#makeChild, set, group[list]));
      }
  }
}

function childKey(priority: number, list: HostList, locality: string): string {
  return `${priority} ${list} ${locality}`;
}

function allHealthy(set: HostSet, hosts: readonly Host[]): HostSet {
  const { localityWeights: _, partOf: __, ...rest } = set;
  return { ...rest, priority: 0, hosts, healthy: hosts, degraded: [], excluded: [] };
}
