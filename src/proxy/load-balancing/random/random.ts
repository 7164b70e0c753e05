import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { HostSources } from "../shared/host-source.ts";

/**
 * Any host with equal chance, whatever its weight (Envoy 1.40, .../random/random_lb.cc). One draw a pick: the
 * number that chose the priority also chooses the host, so that the two are correlated, as in Envoy.
 */
export class Random implements LoadBalancer {
  readonly #random: Random64;
  readonly #sources: HostSources<null>;

  constructor(deps: LoadBalancerDeps) {
    this.#random = deps.random;
    this.#sources = new HostSources<null>(deps, () => null);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(): Host | null {
    const { hosts } = this.#sources.choose();
    return hosts.length === 0 ? null : hosts[this.#random.mod(hosts.length)]!;
  }

  update(priority: number): void {
    this.#sources.update(priority);
  }
}
