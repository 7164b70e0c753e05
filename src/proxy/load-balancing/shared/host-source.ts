import type { Random64 } from "../../../random/random64.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet, PrioritySet } from "../../cluster/priority-set.ts";
import type { LoadBalancerDeps } from "../policy.ts";
import { PriorityLoad, pickPriority } from "./priority-load.ts";

/** One list of candidates, with what a policy keeps for it, such as a schedule or a position. */
export class HostSource<State> {
  hosts: readonly Host[] = [];
  readonly state: State;

  constructor(state: State) {
    this.state = state;
  }
}

/** The lists of one priority among which a pick chooses. */
interface PrioritySources<State> {
  readonly all: HostSource<State>;
  readonly healthy: HostSource<State>;
  readonly degraded: HostSource<State>;
}

/**
 * Decides for each pick from which list of hosts it is made: the steps before the policy's own, common to
 * round robin, least request and random (Envoy 1.40: `hostSourceToUse` in load_balancer_impl.cc).
 */
export class HostSources<State> {
  readonly #prioritySet: PrioritySet;
  readonly #random: Random64;
  readonly #load: PriorityLoad;
  readonly #healthyPanic: Counter;
  readonly #sources: PrioritySources<State>[] = [];
  readonly #newState: () => State;
  readonly #refresh: (source: HostSource<State>) => void;

  /**
   * `newState` makes what the policy keeps for a list and `refresh` renews it; `refresh` is called for every
   * list of a priority (all, healthy, degraded) at the start and after each of its updates.
   */
  constructor(
    deps: LoadBalancerDeps,
    newState: () => State,
    refresh: (source: HostSource<State>) => void = () => {},
  ) {
    this.#prioritySet = deps.prioritySet;
    this.#random = deps.random;
    this.#load = new PriorityLoad(deps.healthyPanicThreshold);
    this.#healthyPanic = deps.stats.counter(`cluster.${deps.clusterName}.lb_healthy_panic`);
    this.#newState = newState;
    this.#refresh = refresh;
    this.update(0);
  }

  /** The list for one pick. Takes one draw, which is left for the policy to reduce once more. */
  choose(): HostSource<State> {
    this.#random.draw();
    const { healthyLoad, degradedLoad, panic } = this.#load;
    // Most picks of most clusters, for which the reduction of the draw is spared.
    const picked =
      healthyLoad[0] === 100 ? 0 : pickPriority(healthyLoad, degradedLoad, this.#random.mod(100));
    const priority = picked >= 0 ? picked : -1 - picked;
    const sources = this.#sources[priority]!;
    if (panic[priority]) {
      this.#healthyPanic.value++;
      return sources.all;
    }
    return picked >= 0 ? sources.healthy : sources.degraded;
  }

  /** Takes over the replaced host set of a priority, and the sets of priorities not met before. */
  update(priority: number): void {
    const { hostSets } = this.#prioritySet;
    this.#load.update(hostSets, priority);
    const missing = this.#sources.length;
    for (let p = missing; p < hostSets.length; p++) {
      this.#sources.push(this.#newSources());
      this.#takeOver(hostSets[p]!, this.#sources[p]!);
    }
    if (priority < missing) this.#takeOver(hostSets[priority]!, this.#sources[priority]!);
  }

  #newSources(): PrioritySources<State> {
    const source = () => new HostSource(this.#newState());
    return { all: source(), healthy: source(), degraded: source() };
  }

  #takeOver(set: HostSet, { all, healthy, degraded }: PrioritySources<State>): void {
    all.hosts = set.hosts;
    healthy.hosts = set.healthy;
    degraded.hosts = set.degraded;
    this.#refresh(all);
    this.#refresh(healthy);
    this.#refresh(degraded);
  }
}
