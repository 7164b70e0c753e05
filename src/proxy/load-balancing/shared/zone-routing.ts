import type { Random64 } from "../../../random/random64.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { runtimeInteger } from "../../runtime/runtime-number.ts";
import type { DrawnSpan } from "../balancer-view.ts";
import type { LoadBalancerDeps } from "../policy.ts";
import { groupByLocality, type LocalityGroup, type LocalityGroups } from "./locality-groups.ts";
import type { ZoneAwareOptions } from "./locality-routing.ts";
import { isBelowPanicThreshold } from "./panic.ts";
import { type ZoneStructures, type ZoneValue, zoneStructures } from "./zone-structures.ts";

/** No zone is chosen: the pick is made among all hosts. */
export const ANY_ZONE = -1;
/** No host may be chosen. */
export const NO_ZONE = -2;

/** What keeps zones from counting, before any share is computed. */
export interface ZoneGate {
  readonly upstreamLocalities: number;
  readonly localLocalities: number;
  readonly localHasLocalLocality: boolean;
  readonly localFirstGroupSize: number;
  readonly healthyHosts: number;
  readonly minClusterSize: number;
  readonly isForced: boolean;
}

/** Whether zones count, or the name of the counter that says why not; null where Envoy counts nothing. */
export function passZoneGate(
  gate: ZoneGate,
): true | "lb_local_cluster_not_ok" | "lb_zone_cluster_too_small" | null {
  if (gate.upstreamLocalities < 2) return null;
  if (!gate.isForced && gate.localLocalities < 2) return null;
  if (!gate.localHasLocalLocality || gate.localFirstGroupSize === 0) return "lb_local_cluster_not_ok";
  return gate.healthyHosts < gate.minClusterSize ? "lb_zone_cluster_too_small" : true;
}

const NO_GROUPS: LocalityGroups = { hasLocal: false, groups: [] };

const STATS = [
  "lb_recalculate_zone_structures",
  "lb_local_cluster_not_ok",
  "lb_zone_cluster_too_small",
  "lb_zone_no_capacity_left",
  "lb_zone_routing_all_directly",
  "lb_zone_routing_sampled",
  "lb_zone_routing_cross_zone",
] as const;

/** Runtime replaces some options (Envoy 1.40, .../common/load_balancer_impl.cc). */
function withRuntime(options: ZoneAwareOptions, runtime: Runtime): ZoneAwareOptions {
  const { routingEnabled, minClusterSize, forcedMinimum } = options;
  const forced = runtimeInteger(runtime, "upstream.zone_routing.force_local_zone.min_size", 0);
  return {
    ...options,
    routingEnabled: runtimeInteger(runtime, "upstream.zone_routing.enabled", routingEnabled),
    minClusterSize: runtimeInteger(runtime, "upstream.zone_routing.min_cluster_size", minClusterSize),
    forcedMinimum: forced > 0 ? forced : forcedMinimum,
  };
}

/**
 * Zone-aware routing of one balancer: for hosts of priority 0, by the places of the proxies of the local cluster
 * (Envoy 1.40, `ZoneAwareLoadBalancerBase` in .../common/load_balancer_impl.cc).
 */
export class ZoneRouting {
  readonly #deps: LoadBalancerDeps;
  readonly #options: ZoneAwareOptions;
  readonly #counters: Readonly<Record<(typeof STATS)[number], Counter>>;
  #structures: ZoneStructures | null = null;
  #localSet: HostSet | undefined;

  constructor(deps: LoadBalancerDeps, options: ZoneAwareOptions) {
    this.#deps = deps;
    this.#options = withRuntime(options, deps.runtime);
    this.#counters = makeCounters(deps);
  }

  /**
   * The first computation; Envoy makes one without the local cluster where that has its members later, and no other
   * where it never has any.
   */
  start(): void {
    const { isFilledFirst, prioritySet } = this.#deps.localCluster!;
    this.#localSet = prioritySet.hostSets[0];
    if (!isFilledFirst) this.#compute(undefined);
    if (isFilledFirst || prioritySet.hostSets.some(({ hosts }) => hosts.length > 0))
      this.#compute(this.#localSet);
  }

  /** The upstream cluster's priority 0 or the local cluster has changed. */
  update(): void {
    this.#localSet = this.#deps.localCluster!.prioritySet.hostSets[0];
    this.#compute(this.#localSet);
  }

  /** The index of the locality for one pick, ANY_ZONE or NO_ZONE; at most three draws. */
  choose(random: Random64): number {
    const { routingEnabled, failTrafficOnPanic } = this.#options;
    // The local cluster is another cluster: that it has changed shows in its set having been replaced.
    if (this.#localSet !== this.#deps.localCluster!.prioritySet.hostSets[0]) this.update();
    if (this.#structures === null || routingEnabled === 0) return ANY_ZONE;
    if (routingEnabled < 100) {
      random.draw("whether zones count");
      if (random.mod(100) >= routingEnabled) return ANY_ZONE;
    }
    if (isBelowPanicThreshold(this.#localSet!, this.#deps.healthyPanicThreshold)) {
      this.#counters.lb_local_cluster_not_ok.value++;
      return failTrafficOnPanic ? NO_ZONE : ANY_ZONE;
    }
    const { zone, stat } = pickZone(this.#structures, random);
    for (const name of stat) this.#counters[name].value++;
    return zone;
  }

  /** For explanations: the zones that picks fall to when what is known of the draw for the priority is `drawn`. */
  shares(drawn: DrawnSpan): ZoneShare[] {
    const { routingEnabled, failTrafficOnPanic } = this.#options;
    const any = { zone: ANY_ZONE, share: 1, drawn };
    if (this.#localSet !== this.#deps.localCluster!.prioritySet.hostSets[0]) this.update();
    if (this.#structures === null || routingEnabled === 0) return [any];
    const enabled =
      routingEnabled === 100 ? drawn : ({ modulus: 100, from: 0, to: routingEnabled } satisfies DrawnSpan);
    const isPanicking = isBelowPanicThreshold(this.#localSet!, this.#deps.healthyPanicThreshold);
    const shares = isPanicking
      ? [{ zone: failTrafficOnPanic ? NO_ZONE : ANY_ZONE, share: 1, drawn: enabled }]
      : zoneShares(this.#structures, enabled);
    if (routingEnabled === 100) return shares;
    const disabled = { modulus: 100, from: routingEnabled, to: 100 };
    return [
      ...shares.map((each) => ({ ...each, share: (each.share * routingEnabled) / 100 })),
      { ...any, share: 1 - routingEnabled / 100, drawn: disabled },
    ];
  }

  #compute(localSet: HostSet | undefined): void {
    const { prioritySet, ownLocality } = this.#deps;
    this.#structures = null;
    this.#count("lb_recalculate_zone_structures");
    const upstreamSet = prioritySet.hostSets[0];
    if (upstreamSet === undefined) return;
    const upstream = groupByLocality(upstreamSet, ownLocality);
    const local = localSet === undefined ? NO_GROUPS : groupByLocality(localSet, ownLocality);
    const passed = passZoneGate(this.#gate(upstream, local, upstreamSet));
    if (passed === true) this.#structures = this.#measure(upstream, local);
    else if (passed !== null) this.#count(passed);
  }

  #count(stat: (typeof STATS)[number]): void {
    this.#counters[stat].value += this.#deps.instances;
  }

  #gate(upstream: LocalityGroups, local: LocalityGroups, upstreamSet: HostSet): ZoneGate {
    return {
      upstreamLocalities: upstream.groups.length,
      localLocalities: local.groups.length,
      localHasLocalLocality: local.hasLocal,
      localFirstGroupSize: local.groups[0]?.hosts.length ?? 0,
      healthyHosts: upstreamSet.healthy.length,
      minClusterSize: this.#options.minClusterSize,
      isForced: this.#options.forcedMinimum !== null,
    };
  }

  #measure(upstream: LocalityGroups, local: LocalityGroups): ZoneStructures {
    const { byWeight, forcedMinimum } = this.#options;
    const measure = byWeight ? totalWeight : numberOf;
    const valueOf = ({ key, healthy }: LocalityGroup): ZoneValue => ({ key, value: measure(healthy) });
    return zoneStructures({
      local: local.groups.map(valueOf),
      upstream: upstream.groups.map(valueOf),
      hasLocal: upstream.hasLocal,
      firstGroupSize: upstream.groups[0]!.healthy.length,
      forcedMinimum,
    });
  }
}

type ZoneStat =
  | "lb_zone_routing_all_directly"
  | "lb_zone_routing_sampled"
  | "lb_zone_routing_cross_zone"
  | "lb_zone_no_capacity_left";
interface ZonePick {
  readonly zone: number;
  readonly stat: readonly ZoneStat[];
}

const DIRECT: ZonePick = { zone: 0, stat: ["lb_zone_routing_all_directly"] };
const SAMPLED: ZonePick = { zone: 0, stat: ["lb_zone_routing_sampled"] };
const CROSS_ZONE: readonly ZoneStat[] = ["lb_zone_routing_cross_zone"];
const NO_CAPACITY: readonly ZoneStat[] = ["lb_zone_routing_cross_zone", "lb_zone_no_capacity_left"];

/** The locality for one pick, with what Envoy counts. No draw for `direct`, otherwise one, or two to leave the zone. */
export function pickZone(structures: ZoneStructures, random: Random64): ZonePick {
  const { state, localPercentToRoute, residualCapacity } = structures;
  if (state === "direct") return DIRECT;
  random.draw("whether to stay in the own zone");
  if (random.mod(10_000) < localPercentToRoute) return SAMPLED;
  random.draw("another zone");
  const capacity = residualCapacity[residualCapacity.length - 1]!;
  if (capacity === 0) return { zone: random.mod(residualCapacity.length), stat: NO_CAPACITY };
  const target = random.mod(capacity);
  return { zone: residualCapacity.findIndex((reached) => target < reached), stat: CROSS_ZONE };
}

/** A zone that picks can fall to, the share of them that does, and what is then known of the last draw. */
export interface ZoneShare {
  readonly zone: number;
  readonly share: number;
  readonly drawn: DrawnSpan;
}

/** What `pickZone` comes to over all draws. */
function zoneShares(
  { state, localPercentToRoute: local, residualCapacity }: ZoneStructures,
  drawn: DrawnSpan,
): ZoneShare[] {
  if (state === "direct") return [{ zone: 0, share: 1, drawn }];
  const stays = { zone: 0, share: local / 10_000, drawn: { modulus: 10_000, from: 0, to: local } };
  const capacity = residualCapacity[residualCapacity.length - 1]!;
  const others = residualCapacity.map((reached, zone) => {
    const before = zone === 0 ? 0 : residualCapacity[zone - 1]!;
    const drawn =
      capacity === 0
        ? { modulus: residualCapacity.length, from: zone, to: zone + 1 }
        : { modulus: capacity, from: before, to: reached };
    return { zone, share: ((1 - stays.share) * (drawn.to - drawn.from)) / drawn.modulus, drawn };
  });
  return [stays, ...others].filter(({ share }) => share > 0);
}

function makeCounters({ stats, clusterName }: LoadBalancerDeps): Record<(typeof STATS)[number], Counter> {
  const entries = STATS.map((name) => [name, stats.counter(`cluster.${clusterName}.${name}`)] as const);
  return Object.fromEntries(entries) as Record<(typeof STATS)[number], Counter>;
}

function numberOf(hosts: readonly Host[]): number {
  return hosts.length;
}

function totalWeight(hosts: readonly Host[]): number {
  return hosts.reduce((total, host) => total + host.weight, 0);
}
