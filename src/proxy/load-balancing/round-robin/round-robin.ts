import type { Host } from "../../cluster/host.ts";
import { type BalancerView, evenShares } from "../balancer-view.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { RoundRobinIndex } from "../shared/round-robin-index.ts";
import { type ScheduledOptions, ScheduledSources } from "../shared/scheduled-sources.ts";

/**
 * Hosts in turn: `hosts[index++ % length]` from an index that starts at the balancer's seed, or by an EDF
 * schedule over the weights when these differ (Envoy 1.40, .../round_robin/round_robin_lb.cc). One draw a
 * pick, for the priority, and one at construction, the seed.
 */
export class RoundRobin implements LoadBalancer {
  readonly #sources: ScheduledSources<RoundRobinIndex>;
  /** Picks without weights that have been looked at and not made yet. */
  #peeked = 0;

  constructor(deps: LoadBalancerDeps, options: ScheduledOptions) {
    this.#sources = new ScheduledSources(deps, options, configuredWeight, RoundRobinIndex.at);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(context: LoadBalancerContext): Host | null {
    const source = this.#sources.choose(context);
    if (source === null) return null;
    const { hosts, state } = source;
    if (state.schedule !== null) return state.schedule.pickAndAdd();
    if (hosts.length === 0) return null;
    if (this.#peeked > 0) this.#peeked--;
    return hosts[state.kept.next(hosts.length)]!;
  }

  peekHost(context: LoadBalancerContext): Host | null {
    const source = this.#sources.peek(context);
    if (source === null) return null;
    const { hosts, state } = source;
    if (state.schedule !== null) return state.schedule.peekAgain();
    return hosts.length === 0 ? null : hosts[state.kept.peek(hosts.length, this.#peeked++)]!;
  }

  view(): BalancerView {
    return this.#sources.view(({ hosts }) => ({
      by: "in turn",
      isChance: false,
      shares: evenShares(hosts.length),
    }));
  }

  update(priority: number): void {
    this.#peeked = 0;
    this.#sources.update(priority);
  }
}

function configuredWeight(host: Host): number {
  return host.weight;
}
