import type { Random64 } from "../../../random/random64.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet, PrioritySet } from "../../cluster/priority-set.ts";
import type { LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import type { EdfScheduler } from "./edf-scheduler.ts";
import { groupByLocality } from "./locality-groups.ts";
import type { LocalityRouting } from "./locality-routing.ts";
import { localitySchedule } from "./locality-schedule.ts";
import { PriorityLoad, pickPriority } from "./priority-load.ts";
import { ANY_ZONE, NO_ZONE, ZoneRouting } from "./zone-routing.ts";

/** One list of candidates, with what a policy keeps for it, such as a schedule or a position. */
export class HostSource<State> {
  hosts: readonly Host[] = [];
  readonly state: State;

  constructor(state: State) {
    this.state = state;
  }
}

/** The healthy or the degraded hosts of a priority, together and by locality. */
class UsableSources<State> {
  readonly all: HostSource<State>;
  readonly localities: HostSource<State>[] = [];
  /** The order of localities; null unless they are weighted. */
  schedule: EdfScheduler<number> | null = null;

  constructor(all: HostSource<State>) {
    this.all = all;
  }
}

/** The lists of one priority among which a pick chooses. */
interface PrioritySources<State> {
  readonly all: HostSource<State>;
  readonly healthy: UsableSources<State>;
  readonly degraded: UsableSources<State>;
}

/** What a policy does about its lists. */
export interface SourceKeeper<State> {
  /** Makes what is kept for a new list. */
  newState(): State;
  /** A list has been replaced. */
  refresh(source: HostSource<State>): void;
  /** The host set of a priority has been replaced; called before its lists are refreshed. */
  hostSetChanged?(set: HostSet): void;
}

/** For policies that keep nothing for their lists. */
export const KEEPS_NOTHING: SourceKeeper<null> = { newState: () => null, refresh: () => {} };

/**
 * Decides for each pick from which list of hosts it is made: the steps before the policy's own, common to
 * round robin, least request and random (Envoy 1.40: `hostSourceToUse` in load_balancer_impl.cc).
 */
export class HostSources<State> {
  readonly #prioritySet: PrioritySet;
  readonly #random: Random64;
  readonly #deps: LoadBalancerDeps;
  readonly #load: PriorityLoad;
  readonly #healthyPanic: Counter;
  readonly #sources: PrioritySources<State>[] = [];
  readonly #keeper: SourceKeeper<State>;
  readonly #isWeighted: boolean;
  readonly #failsInPanic: boolean;
  /** Null without a local cluster, whose proxies it needs. */
  readonly #zones: ZoneRouting | null;
  /** By priority: the lower half of the draw that seeds its schedules of localities. */
  readonly #localitySeeds: number[] = [];

  /** Draws once for each priority if localities are weighted. Nothing can be chosen before `start`. */
  constructor(deps: LoadBalancerDeps, routing: LocalityRouting, keeper: SourceKeeper<State>) {
    this.#prioritySet = deps.prioritySet;
    this.#random = deps.random;
    this.#deps = deps;
    this.#load = new PriorityLoad(deps.healthyPanicThreshold);
    this.#healthyPanic = deps.stats.counter(`cluster.${deps.clusterName}.lb_healthy_panic`);
    this.#keeper = keeper;
    this.#isWeighted = routing.kind === "locality-weighted";
    this.#failsInPanic = routing.kind === "zone-aware" && routing.failTrafficOnPanic;
    this.#zones = routing.kind === "zone-aware" && deps.localCluster ? new ZoneRouting(deps, routing) : null;
    for (const { priority } of deps.prioritySet.hostSets) this.#drawLocalitySeed(priority);
  }

  /** Fills the lists; apart from the constructor because Envoy draws a policy's own seed in between. */
  start(): void {
    this.#load.update(this.#prioritySet.hostSets, 0);
    this.#addMissing();
    this.#zones?.start();
  }

  /** The list for one pick; null when none may be made. Draws once, and first, for the priority; then for zones. */
  choose(context: LoadBalancerContext): HostSource<State> | null {
    this.#random.draw("priority");
    const { healthyLoad, degradedLoad } =
      context.retryPriority === null
        ? this.#load
        : context.retryPriority.loadFor(this.#prioritySet.hostSets, this.#load);
    // Most picks of most clusters, for which the reduction of the draw is spared.
    const picked =
      healthyLoad[0] === 100 ? 0 : pickPriority(healthyLoad, degradedLoad, this.#random.mod(100, "priority"));
    const priority = picked >= 0 ? picked : -1 - picked;
    const sources = this.#sources[priority]!;
    if (this.#load.panic[priority]) {
      this.#healthyPanic.value++;
      return this.#failsInPanic ? null : sources.all;
    }
    return this.#amongUsable(picked >= 0 ? sources.healthy : sources.degraded, priority);
  }

  #amongUsable(usable: UsableSources<State>, priority: number): HostSource<State> | null {
    if (usable.schedule !== null) return usable.localities[usable.schedule.pickAndAdd()]!;
    if (priority !== 0 || this.#zones === null) return usable.all;
    const zone = this.#zones.choose(this.#random);
    if (zone === ANY_ZONE) return usable.all;
    return zone === NO_ZONE ? null : usable.localities[zone]!;
  }

  /** Takes over the replaced host set of a priority, and the sets of priorities not met before. */
  update(priority: number): void {
    const { hostSets } = this.#prioritySet;
    this.#load.update(hostSets, priority);
    if (priority < this.#sources.length) {
      this.#drawLocalitySeed(priority);
      this.#takeOver(hostSets[priority]!, this.#sources[priority]!);
    } else {
      for (let p = this.#sources.length; p < hostSets.length; p++) this.#drawLocalitySeed(p);
      this.#addMissing();
    }
    if (priority === 0) this.#zones?.update();
  }

  /** Refreshes every list as it is. */
  refreshAll(): void {
    for (const { all, healthy, degraded } of this.#sources)
      for (const source of [all, healthy.all, degraded.all, ...healthy.localities, ...degraded.localities])
        this.#keeper.refresh(source);
  }

  #drawLocalitySeed(priority: number): void {
    if (!this.#isWeighted) return;
    this.#random.draw("seed of the order of localities");
    this.#localitySeeds[priority] = this.#random.low;
  }

  #addMissing(): void {
    const { hostSets } = this.#prioritySet;
    const source = () => new HostSource(this.#keeper.newState());
    for (let p = this.#sources.length; p < hostSets.length; p++) {
      const sources = {
        all: source(),
        healthy: new UsableSources(source()),
        degraded: new UsableSources(source()),
      };
      this.#sources.push(sources);
      this.#takeOver(hostSets[p]!, sources);
    }
  }

  #takeOver(set: HostSet, { all, healthy, degraded }: PrioritySources<State>): void {
    this.#keeper.hostSetChanged?.(set);
    this.#replace(all, set.hosts);
    this.#replace(healthy.all, set.healthy);
    this.#replace(degraded.all, set.degraded);
    if (this.#isWeighted || this.#zones !== null) {
      this.#takeOverLocalities(set, healthy, "healthy");
      this.#takeOverLocalities(set, degraded, "degraded");
    }
  }

  #takeOverLocalities(set: HostSet, usable: UsableSources<State>, eligible: "healthy" | "degraded"): void {
    const { groups } = groupByLocality(set, this.#deps.ownLocality);
    // Never shortened: a locality that comes back goes on where it was.
    while (usable.localities.length < groups.length)
      usable.localities.push(new HostSource(this.#keeper.newState()));
    for (const [i, group] of groups.entries()) this.#replace(usable.localities[i]!, group[eligible]);
    if (this.#isWeighted)
      usable.schedule = localitySchedule(set, groups, eligible, this.#localitySeeds[set.priority]!);
  }

  #replace(source: HostSource<State>, hosts: readonly Host[]): void {
    source.hosts = hosts;
    this.#keeper.refresh(source);
  }
}
