import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import { type BalancerView, sharesByWeight, type Turns } from "../balancer-view.ts";
import type { LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import type { EdfScheduler, WeightOf } from "./edf-scheduler.ts";
import { type HostSource, HostSources, type SourceKeeper } from "./host-source.ts";
import type { LocalityRouting } from "./locality-routing.ts";
import { SlowStart, type SlowStartOptions } from "./slow-start.ts";
import { weightedSchedule } from "./weighted-schedule.ts";

/** Options that round robin, least request and client-side weighted round robin share. */
export interface ScheduledOptions {
  readonly routing: LocalityRouting;
  readonly slowStart: SlowStartOptions;
}

/** What is kept for a list: its schedule, renewed with it, and what outlives updates. */
export interface Scheduled<Kept> {
  schedule: EdfScheduler<Host> | null;
  readonly kept: Kept;
}

/** The seed of a balancer, in two halves. */
export interface Seed {
  readonly high: number;
  readonly low: number;
}

/**
 * Lists of hosts with a schedule for each whose hosts differ in weight, or are in slow start
 * (Envoy 1.40: `EdfLoadBalancerBase`). Draws at construction: for localities if they are weighted, then one,
 * the seed of all schedules.
 */
export class ScheduledSources<Kept> implements SourceKeeper<Scheduled<Kept>> {
  readonly #sources: HostSources<Scheduled<Kept>>;
  readonly #slowStart: SlowStart;
  readonly #weightOf: WeightOf<Host>;
  readonly #keep: (seed: Seed) => Kept;
  readonly #seed: Seed;

  /** `weightOf` is a host's weight outside of slow start; `keep` makes what outlives updates of a list. */
  constructor(
    deps: LoadBalancerDeps,
    { routing, slowStart }: ScheduledOptions,
    weightOf: WeightOf<Host>,
    keep: (seed: Seed) => Kept,
  ) {
    this.#slowStart = new SlowStart(slowStart, deps);
    this.#weightOf =
      slowStart.windowMs === 0 ? weightOf : (host) => this.#slowStart.scale(weightOf(host), host);
    this.#keep = keep;
    this.#sources = new HostSources(deps, routing, this);
    deps.random.draw("seed of the schedules");
    this.#seed = { high: deps.random.high, low: deps.random.low };
    this.#sources.start();
  }

  choose(context: LoadBalancerContext): HostSource<Scheduled<Kept>> | null {
    return this.#sources.choose(context);
  }

  peek(context: LoadBalancerContext): HostSource<Scheduled<Kept>> | null {
    return this.#sources.peek(context);
  }

  update(priority: number): void {
    this.#sources.update(priority);
  }

  /** For explanations: `unweighted` tells how the policy goes through a list without a schedule. */
  view(unweighted: (source: HostSource<Scheduled<Kept>>) => Turns): BalancerView {
    return this.#sources.view((source) => {
      if (source.state.schedule === null) return unweighted(source);
      const shares = sharesByWeight(source.hosts.map(this.#weightOf));
      return { by: "in turn, by weight", isChance: false, shares };
    });
  }

  /** Renews all schedules, after weights have changed. */
  refreshAll(): void {
    this.#sources.refreshAll();
  }

  newState(): Scheduled<Kept> {
    return { schedule: null, kept: this.#keep(this.#seed) };
  }

  hostSetChanged(set: HostSet): void {
    this.#slowStart.update(set);
  }

  refresh({ hosts, state }: HostSource<Scheduled<Kept>>): void {
    state.schedule = weightedSchedule(hosts, this.#weightOf, this.#seed.low, this.#slowStart.isActive);
  }
}
