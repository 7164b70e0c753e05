import type { JsonObject } from "../../src/decode/message.ts";
import type { Host } from "../../src/proxy/cluster/host.ts";
import type { PrioritySet } from "../../src/proxy/cluster/priority-set.ts";
import type {
  LoadBalancer,
  LoadBalancerContext,
  LoadBalancerDeps,
  LoadBalancingPolicy,
  MakeLoadBalancer,
} from "../../src/proxy/load-balancing/policy.ts";
import { readChild } from "../../src/proxy/load-balancing/resolve.ts";
import { ZONE_AWARE } from "../../src/proxy/load-balancing/shared/locality-routing.ts";
import type { ScheduledOptions } from "../../src/proxy/load-balancing/shared/scheduled-sources.ts";
import { NO_SLOW_START } from "../../src/proxy/load-balancing/shared/slow-start.ts";
import { NO_RUNTIME } from "../../src/proxy/runtime/runtime.ts";
import type { Random64 } from "../../src/random/random64.ts";
import { Gauge, Stats } from "../../src/telemetry/stats.ts";
import { headOf } from "./heads.ts";
import { messageOf } from "./message.ts";

/** A context for tests: a first attempt that takes any host and has nothing to hash, but for what is given. */
export function contextOf(settings: Partial<LoadBalancerContext> = {}): LoadBalancerContext {
  return {
    head: headOf(),
    remoteAddress: "10.9.9.9:50000",
    localAddress: "10.1.0.1:80",
    originalDestination: null,
    filterState: null,
    dynamicMetadata: null,
    addCookie: () => {},
    hostSelectionRetryCount: 0,
    shouldSelectAnotherHost: () => false,
    retryPriority: null,
    hashKey: () => null,
    metadataMatch: null,
    overridesUsed: 0,
    ...settings,
  };
}

/** The context of a first attempt, which takes any host. */
export const FIRST_ATTEMPT: LoadBalancerContext = contextOf();

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
    runtime: NO_RUNTIME,
    clusterName: "c",
    activeRequests: new Gauge(),
    healthyPanicThreshold: 50,
    ownLocality: undefined,
    localCluster: undefined,
    instances: 1,
    ...settings,
  };
}

/** The balancers of a policy with this typed configuration. */
export function configured(policy: LoadBalancingPolicy, options: JsonObject = {}): MakeLoadBalancer {
  return policy.configure(messageOf(options), readChild);
}

/** A nested `LoadBalancingPolicy` message: one of these types, such as `round_robin.v3.RoundRobin`. */
export function childPolicy(type: string, options: JsonObject = {}): JsonObject {
  const typed_config = {
    "@type": `type.googleapis.com/envoy.extensions.load_balancing_policies.${type}`,
    ...options,
  };
  return { policies: [{ typed_extension_config: { name: type, typed_config } }] };
}

/** Options of round robin and its like where nothing is configured. */
export const PLAIN: ScheduledOptions = { routing: ZONE_AWARE, slowStart: NO_SLOW_START };

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
