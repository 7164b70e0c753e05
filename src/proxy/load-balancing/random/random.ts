import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";
import { type BalancerView, sharesOfRemainders } from "../balancer-view.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { type HostSource, HostSources, KEEPS_NOTHING } from "../shared/host-source.ts";
import type { LocalityRouting } from "../shared/locality-routing.ts";

/**
 * Any host with equal chance, whatever its weight (Envoy 1.40, .../random/random_lb.cc). One draw a pick: the
 * number that chose the priority also chooses the host, so that the two are correlated, as in Envoy.
 */
export class Random implements LoadBalancer {
  readonly #random: Random64;
  readonly #sources: HostSources<null>;

  constructor(deps: LoadBalancerDeps, routing: LocalityRouting) {
    this.#random = deps.random;
    this.#sources = new HostSources(deps, routing, KEEPS_NOTHING);
    this.#sources.start();
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(context: LoadBalancerContext): Host | null {
    return this.#hostOf(this.#sources.choose(context));
  }

  peekHost(context: LoadBalancerContext): Host | null {
    return this.#hostOf(this.#sources.peek(context));
  }

  #hostOf(source: HostSource<null> | null): Host | null {
    if (source === null || source.hosts.length === 0) return null;
    return source.hosts[this.#random.mod(source.hosts.length, "host")]!;
  }

  view(): BalancerView {
    return this.#sources.view(({ hosts }, drawn) => ({
      by: "at random",
      isChance: true,
      shares: sharesOfRemainders(hosts.length, drawn),
    }));
  }

  update(priority: number): void {
    this.#sources.update(priority);
  }
}
