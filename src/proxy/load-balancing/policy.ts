import type { Message } from "../../decode/message.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Stats } from "../../telemetry/stats.ts";
import type { Host } from "../cluster/host.ts";
import type { PrioritySet } from "../cluster/priority-set.ts";

/** What a balancer may ask about the request that needs a host. */
export interface LoadBalancerContext {
  /** How many further hosts may be tried when one is rejected; 0 on a first attempt. */
  readonly hostSelectionRetryCount: number;
  /** Whether a retry's host predicates reject this host. */
  shouldSelectAnotherHost(host: Host): boolean;
}

/** Chooses hosts of one cluster for one worker. */
export interface LoadBalancer {
  /** The host for a request, or null when there is none to choose. */
  chooseHost(context: LoadBalancerContext): Host | null;
  /** The host set of a priority was replaced or added; must be called before the next pick. */
  update(priority: number): void;
}

/** Everything a balancer may depend on; nothing is global. */
export interface LoadBalancerDeps {
  readonly prioritySet: PrioritySet;
  /** This worker's own draws. */
  readonly random: Random64;
  /** Virtual time in nanoseconds. */
  readonly clock: { readonly now: number };
  /** The process's statistics; a balancer counts under `cluster.NAME.lb_...`. */
  readonly stats: Stats;
  readonly clusterName: string;
  /** `common_lb_config.healthy_panic_threshold` as Envoy's whole percent. */
  readonly healthyPanicThreshold: number;
}

export type MakeLoadBalancer = (deps: LoadBalancerDeps) => LoadBalancer;

/** One load-balancing policy: reads its options once, makes a balancer for each worker later. */
export interface LoadBalancingPolicy {
  /** The typed extension's name, such as `envoy.load_balancing_policies.round_robin`. */
  readonly name: string;
  /** The message type of its typed configuration, such as `envoy.extensions....v3.RoundRobin`. */
  readonly typeName: string;
  /** Reads the typed configuration of `load_balancing_policy`. */
  configure(options: Message): MakeLoadBalancer;
  /** The value of the cluster's `lb_policy` for it and how its old configuration is read; absent for newer policies. */
  readonly legacy?: { readonly lbPolicy: string; configure(cluster: Message): MakeLoadBalancer };
}

/** What a cluster's configuration asks for. */
export type LoadBalancingChoice =
  | { readonly kind: "modelled"; readonly policy: string; readonly makeLoadBalancer: MakeLoadBalancer }
  | {
      /** Envoy has this policy, meshsim does not yet. */
      readonly kind: "not modelled";
      readonly policy: string;
      /** The field that asks for it. */
      readonly path: string;
    }
  | {
      /** Envoy refuses this configuration. */
      readonly kind: "rejected";
      readonly reason: string;
      readonly path: string;
    };
