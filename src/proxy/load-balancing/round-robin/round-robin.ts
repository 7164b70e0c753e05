import type { Host } from "../../cluster/host.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import type { EdfScheduler } from "../shared/edf-scheduler.ts";
import { type HostSource, HostSources } from "../shared/host-source.ts";
import { weightedSchedule } from "../shared/weighted-schedule.ts";
import { RoundRobinIndex } from "./round-robin-index.ts";

/** What round robin keeps for each list of hosts. The index outlives updates, the schedule does not. */
interface Turn {
  readonly index: RoundRobinIndex;
  schedule: EdfScheduler<Host> | null;
}

/**
 * Hosts in turn: `hosts[index++ % length]` from an index that starts at the balancer's seed, or by an EDF
 * schedule over the weights when these differ (Envoy 1.40, .../round_robin/round_robin_lb.cc). One draw a
 * pick, for the priority, and one at construction, the seed.
 */
export class RoundRobin implements LoadBalancer {
  readonly #sources: HostSources<Turn>;

  constructor(deps: LoadBalancerDeps) {
    deps.random.draw();
    const { high, low } = deps.random;
    this.#sources = new HostSources<Turn>(
      deps,
      () => ({ index: new RoundRobinIndex(high, low), schedule: null }),
      (source) => refresh(source, low),
    );
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(): Host | null {
    const { hosts, state } = this.#sources.choose();
    if (state.schedule !== null) return state.schedule.pickAndAdd();
    return hosts.length === 0 ? null : hosts[state.index.next(hosts.length)]!;
  }

  update(priority: number): void {
    this.#sources.update(priority);
  }
}

function refresh(source: HostSource<Turn>, seed: number): void {
  source.state.schedule = weightedSchedule(source.hosts, configuredWeight, seed);
}

function configuredWeight(host: Host): number {
  return host.weight;
}
