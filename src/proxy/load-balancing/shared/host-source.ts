import type { Random64 } from "../../../random/random64.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet, PrioritySet } from "../../cluster/priority-set.ts";
import type { BalancerView, DrawnSpan, ListView, Turns } from "../balancer-view.ts";
import type { LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import type { EdfScheduler } from "./edf-scheduler.ts";
import { groupByLocality } from "./locality-groups.ts";
import type { LocalityRouting } from "./locality-routing.ts";
import { effectiveWeights, localitySchedule } from "./locality-schedule.ts";
import { mayPeek } from "./peek.ts";
import { PriorityLoad, pickPriority } from "./priority-load.ts";
import { spansOf, viewPriorities } from "./priority-view.ts";
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

/** A list with the share of a part of the requests that falls to it. */
interface SourceShare<State> {
  readonly source: HostSource<State>;
  readonly of: ListView["of"];
  readonly locality: ListView["locality"];
  readonly share: number;
  readonly drawn: DrawnSpan;
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

  /** The list for a pick that comes later, if picks may be looked at so far ahead. */
  peek(context: LoadBalancerContext): HostSource<State> | null {
    const { peeking } = this.#deps;
    if (peeking === undefined || !mayPeek(peeking, this.#prioritySet)) return null;
    return peeking.peek(() => this.choose(context));
  }

  #amongUsable(usable: UsableSources<State>, priority: number): HostSource<State> | null {
    if (usable.schedule !== null) return usable.localities[usable.schedule.pickAndAdd()]!;
    if (priority !== 0 || this.#zones === null) return usable.all;
    const zone = this.#zones.choose(this.#random);
    if (zone === ANY_ZONE) return usable.all;
    return zone === NO_ZONE ? null : usable.localities[zone]!;
  }

  /** For explanations: what `choose` comes to over all draws; `turnsOf` tells how a policy goes through a list. */
  view(turnsOf: (source: HostSource<State>, drawn: DrawnSpan) => Turns): BalancerView {
    const { hostSets } = this.#prioritySet;
    const lists = spansOf(this.#load).flatMap(({ priority, of, from, to }) => {
      const drawn = { modulus: 100, from, to };
      const sources = this.#listsOf(priority, of, drawn);
      return sources.map(({ source, of, locality, share, drawn }): ListView => {
        const { shares, ...turns } = turnsOf(source, drawn);
        const ofAll = (share * (to - from)) / 100;
        const hosts = shares && source.hosts.map((host, i) => ({ host, share: ofAll * shares[i]! }));
        return { priority, of, locality, share: ofAll, ...turns, hosts };
      });
    });
    return { notes: this.#notes(), priorities: viewPriorities(hostSets, this.#load), lists, hash: null };
  }

  /** The lists of one part of the requests, with the share of it that each gets. */
  #listsOf(priority: number, of: "healthy" | "degraded", drawn: DrawnSpan): SourceShare<State>[] {
    const { all, ...sources } = this.#sources[priority]!;
    if (this.#load.panic[priority])
      return this.#failsInPanic ? [] : [{ source: all, of: "all", locality: null, share: 1, drawn }];
    const usable = sources[of];
    const whole = { source: usable.all, of, locality: null };
    const set = this.#prioritySet.hostSets[priority]!;
    const { groups } = groupByLocality(set, this.#deps.ownLocality);
    const ofLocality = (i: number) => ({
      source: usable.localities[i]!,
      of,
      locality: groups[i]!.hosts[0]?.endpoint.locality ?? null,
    });
    if (usable.schedule !== null) {
      const weights = effectiveWeights(set, groups, of);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights
        .map((weight, i) => ({ ...ofLocality(i), share: weight / total, drawn }))
        .filter(({ share }) => share > 0);
    }
    if (priority !== 0 || this.#zones === null) return [{ ...whole, share: 1, drawn }];
    return this.#zones
      .shares(drawn)
      .filter(({ zone }) => zone !== NO_ZONE)
      .map(({ zone, share, drawn }) => ({ ...(zone === ANY_ZONE ? whole : ofLocality(zone)), share, drawn }));
  }

  #notes(): string[] {
    if (this.#isWeighted) return ["localities take turns by their configured weights"];
    if (this.#zones === null) return [];
    return ["zone-aware: the proxy's own zone first, as far as that keeps hosts evenly loaded"];
  }

  /** Takes over the replaced host set of a priority, and the sets of priorities not met before. */
  update(priority: number): void {
    const { hostSets } = this.#prioritySet;
    this.#load.update(hostSets, priority);
    this.#deps.peeking?.forget();
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
