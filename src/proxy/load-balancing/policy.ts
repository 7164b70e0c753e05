import type { Json, JsonObject, Message } from "../../decode/message.ts";
import type { U64 } from "../../hash/u64.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { ProbeAnswer } from "../../network/station.ts";
import type { Peeking64 } from "../../random/peeking64.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Gauge, Stats } from "../../telemetry/stats.ts";
import type { Host } from "../cluster/host.ts";
import type { LoadReport } from "../cluster/load-report.ts";
import type { Locality } from "../cluster/locality.ts";
import type { HostSet, PrioritySet } from "../cluster/priority-set.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { BalancerView } from "./balancer-view.ts";

/** What a balancer may look at of the request itself. */
export interface RequestView {
  /** The request as it goes upstream. */
  readonly head: RequestHead;
  /** `ip:port` of the downstream peer and of what it is connected to; empty where they are not known. */
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** `ip:port` that the client wanted to reach, where a listener found that out; null otherwise. */
  readonly originalDestination: string | null;
  /** Texts that filters have left for hashing; null where there are none. */
  readonly filterState: ReadonlyMap<string, string> | null;
  /** What filters have noted about the request, by their namespace; null where there is nothing. */
  readonly dynamicMetadata: JsonObject | null;
  /** Asks that the answer carry this `set-cookie` value; null: there is no answer yet that could. */
  readonly addCookie: ((setCookie: string) => void) | null;
}

/** Reduces a request to a hash; null when it has nothing to hash. */
export interface RequestHasher {
  hash(request: RequestView): U64 | null;
}

/** What a balancer may ask about the request that needs a host. */
export interface LoadBalancerContext extends RequestView {
  addCookie(setCookie: string): void;
  /** How many further hosts may be tried when one is rejected; 0 on a first attempt. */
  readonly hostSelectionRetryCount: number;
  /** Whether a retry's host predicates reject this host. */
  shouldSelectAnotherHost(host: Host): boolean;
  /** A retry's own shares of the priorities; null where the cluster's hold. */
  readonly retryPriority: RetryPriority | null;
  /** The request's hash by the cluster's or the route's hash policies; null when they give none. */
  hashKey(): U64 | null;
  /** What the request wants of a host's metadata; null when it wants nothing. */
  readonly metadataMatch: MetadataMatch | null;
  /** How many of the hosts that the request itself names have been used up by its attempts. */
  overridesUsed: number;
}

/** Keys, in ascending order, and the values wanted. */
export type MetadataMatch = readonly (readonly [key: string, value: Json])[];

/** Shares of requests by priority, in whole percent, first for healthy and then for degraded hosts. */
export interface PriorityShares {
  readonly healthyLoad: readonly number[];
  readonly degradedLoad: readonly number[];
}

/** Replaces the shares of the priorities for a retry. */
export interface RetryPriority {
  /** `priorityOf`: in which of the host sets a host is, where that is not its own priority; undefined: in none. */
  loadFor(
    hostSets: readonly HostSet[],
    original: PriorityShares,
    priorityOf?: (host: Host) => number | undefined,
  ): PriorityShares;
}

/** Chooses hosts of one cluster for one worker. */
export interface LoadBalancer {
  /** The host for a request, or null when there is none to choose. */
  chooseHost(context: LoadBalancerContext): Host | null;
  /**
   * The host that one of the next picks will choose, each time that of the pick after; null where that cannot be told
   * any further. Absent in policies that cannot tell. It needs the deps' `peeking`.
   */
  peekHost?(context: LoadBalancerContext): Host | null;
  /** Why the last pick gave no host, as response code details, where more is known than that none is healthy. */
  readonly whyNoHost?: string | undefined;
  /** The host set of a priority was replaced or added; must be called before the next pick. */
  update(priority: number): void;
  /** A host has reported its load. Absent in policies that do not look at it. */
  onLoadReport?(host: Host, report: LoadReport): void;
  /** An attempt has had its answer, so long after it was sent. Absent in policies that do not look at it. */
  onRequestEnded?(host: Host, roundTrip: Nanoseconds): void;
  /** For explanations: how first attempts like this one are shared out now. Absent where that cannot be told. */
  view?(context: LoadBalancerContext): BalancerView | null;
}

/** Everything a balancer may depend on; nothing is global. */
export interface LoadBalancerDeps {
  readonly prioritySet: PrioritySet;
  /** This worker's own draws. */
  readonly random: Random64;
  /** The same, where picks are looked at ahead; its draws for the priority are kept. */
  readonly peeking?: Peeking64 | undefined;
  /** Virtual time in nanoseconds. */
  readonly clock: { readonly now: Nanoseconds };
  /** The process's statistics; a balancer counts under `cluster.NAME.lb_...`. */
  readonly stats: Stats;
  /** The process's runtime values, which replace some numbers of policies. */
  readonly runtime: Runtime;
  readonly clusterName: string;
  /** Streams of the cluster that are attached to connections, of all workers (Envoy: upstream_rq_active). */
  readonly activeRequests: Gauge;
  /** `common_lb_config.healthy_panic_threshold` as Envoy's whole percent. */
  readonly healthyPanicThreshold: number;
  /** Where the proxy is; undefined where its node says nothing. */
  readonly ownLocality: Locality | undefined;
  /** The proxies beside this one: `cluster_manager.local_cluster_name`; undefined when there is no such cluster. */
  readonly localCluster: LocalCluster | undefined;
  /**
   * How many of Envoy's instances this balancer stands for in counters of what balancers do apart from picks: the
   * main thread has one as well, which the first worker's counts for.
   */
  readonly instances: number;
  /** Whether a policy around this one has it weigh localities as they are configured. */
  readonly weighsLocalities?: boolean;
  /** Which of how many equal proxies this one is, counted from 0. */
  readonly peer?: { readonly index: number; readonly count: number };
  /** Asks a host how it fares; the answer takes its time. Absent where hosts cannot be asked. */
  readonly probe?: (host: Host, onAnswer: (answer: ProbeAnswer) => void) => void;
  /** For clusters that choose or make their hosts themselves: what they choose. */
  readonly hostProvider?: HostProvider | undefined;
}

/** The cluster whose members are the proxies beside this one. */
export interface LocalCluster {
  readonly prioritySet: PrioritySet;
  /** Whether it has its members before the balancer is made. */
  readonly isFilledFirst: boolean;
}

/** A cluster's own choice of a host, such as the destination that the downstream connection had at first. */
export interface HostProvider {
  hostFor(context: LoadBalancerContext): Host | null;
  /** Why the last choice gave no host, as response code details, where more is known than that there is none. */
  readonly whyNoHost?: string | undefined;
}

export type MakeLoadBalancer = (deps: LoadBalancerDeps) => LoadBalancer;

/** Reads a nested `LoadBalancingPolicy` message, for policies that choose by means of others. */
export type ReadChild = (policy: Message | undefined) => MakeLoadBalancer;

/** What a policy may look at, apart from the list of hosts and their priorities. */
export type PolicyInput =
  | "weights"
  | "health"
  | "zones"
  | "active requests"
  | "load reports"
  | "round trips"
  | "probes"
  | "request hash"
  | "request headers"
  | "metadata";

/** What documentation and help say about a policy. */
export interface PolicyDescription {
  /** How it chooses, in one line. */
  readonly summary: string;
  /** How many random numbers a first attempt's pick takes, without zone-aware routing. */
  readonly draws: string;
  readonly looksAt: readonly PolicyInput[];
  /** The field of a cluster that asks for it in the old configuration, where that is not `lb_policy`. */
  readonly legacyField?: string;
}

/** One load-balancing policy: reads its options once, makes a balancer for each worker later. */
export interface LoadBalancingPolicy {
  /** The typed extension's name, such as `envoy.load_balancing_policies.round_robin`. */
  readonly name: string;
  /** The message type of its typed configuration, such as `envoy.extensions....v3.RoundRobin`. */
  readonly typeName: string;
  readonly about: PolicyDescription;
  /** Reads the typed configuration of `load_balancing_policy`. */
  configure(options: Message, readChild: ReadChild): MakeLoadBalancer;
  /** The value of the cluster's `lb_policy` for it and how its old configuration is read; absent for newer policies. */
  readonly legacy?: { readonly lbPolicy: string; configure(cluster: Message): MakeLoadBalancer };
}

export type ComparisonOptions = Readonly<Record<string, number>>;

/** A policy that Envoy does not have, to compare with; the scenario names it. */
export interface ComparisonPolicy {
  readonly name: string;
  readonly about: PolicyDescription;
  /** Takes its options, of which those that are missing have a default; times are in nanoseconds. */
  configure(options: ComparisonOptions): MakeLoadBalancer;
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
