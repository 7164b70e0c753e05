import type { Host } from "../../src/proxy/cluster/host.ts";
import type { PrioritySet } from "../../src/proxy/cluster/priority-set.ts";
import type {
  LoadBalancer,
  LoadBalancerContext,
  LoadBalancerDeps,
} from "../../src/proxy/load-balancing/policy.ts";
import type { Random64 } from "../../src/random/random64.ts";
import { Stats } from "../../src/telemetry/stats.ts";

/** The context of a first attempt, which takes any host. */
export const FIRST_ATTEMPT: LoadBalancerContext = {
  hostSelectionRetryCount: 0,
  shouldSelectAnotherHost: () => false,
};

/** What a balancer needs, with Envoy's default panic threshold; the cluster is called `c`. */
export function depsOf(
  prioritySet: PrioritySet,
  random: Random64,
  settings: Partial<LoadBalancerDeps> = {},
): LoadBalancerDeps {
  return {
    prioritySet,
    random,
    clock: { now: 0 },
    stats: new Stats(),
    clusterName: "c",
    healthyPanicThreshold: 50,
    ...settings,
  };
}

export function picks(balancer: LoadBalancer, count: number): (Host | null)[] {
  return Array.from({ length: count }, () => balancer.chooseHost(FIRST_ATTEMPT));
}

/** A Random64 that counts how many numbers were drawn from another. */
export class CountingRandom64 implements Random64 {
  drawn = 0;
  readonly #inner: Random64;

  constructor(inner: Random64) {
    this.#inner = inner;
  }

  draw(): void {
    this.drawn++;
    this.#inner.draw();
  }

  mod(n: number): number {
    return this.#inner.mod(n);
  }

  get high(): number {
    return this.#inner.high;
  }

  get low(): number {
    return this.#inner.low;
  }
}
