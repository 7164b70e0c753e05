import { Message, ReadLog } from "../decode/message.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { TlsOptions } from "../network/tls.ts";
import { type CircuitBreakerOptions, readCircuitBreakers } from "./circuit-breaking/circuit-breakers.ts";
import { readLoadAssignment } from "./cluster/load-assignment.ts";
import { DEFAULT_MERGE_WINDOW } from "./cluster/merge-window.ts";
import type { Assignment } from "./cluster/priority-set.ts";
import { timerDuration } from "./cluster/timer-duration.ts";
import {
  type ConnectionOptions,
  httpProtocolOptions,
  readConnectionOptions,
} from "./connection-pool/connection-options.ts";
import { clusterProvided } from "./load-balancing/cluster-provided/config.ts";
import type { MakeLoadBalancer, RequestHasher } from "./load-balancing/policy.ts";
import { resolveLoadBalancing } from "./load-balancing/resolve.ts";
import { roundRobin } from "./load-balancing/round-robin/config.ts";
import { readHashPolicies } from "./load-balancing/shared/hash-policy/read-hash-policies.ts";
import { readHealthyPanicThreshold } from "./load-balancing/shared/panic.ts";
import { type OutlierOptions, readOutlierDetection } from "./outlier-detection/outlier-options.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { readUpstreamTls } from "./tls-options.ts";

/** How a cluster learns its members. */
export type ClusterType = "STATIC" | "STRICT_DNS" | "LOGICAL_DNS" | "EDS" | "ORIGINAL_DST" | "custom";

/** A cluster's configuration, read once for all processes that use it. */
export interface ClusterConfig {
  readonly name: string;
  /** Name in statistics. */
  readonly statName: string;
  readonly path: string;
  readonly type: ClusterType;
  /** Its members as configured; for EDS none. */
  readonly assignment: Assignment;
  /** Name of the policy that chooses hosts, such as `envoy.load_balancing_policies.round_robin`. */
  readonly policy: string;
  readonly makeLoadBalancer: MakeLoadBalancer;
  /** What the configuration asks for and the simulation does otherwise. */
  readonly notices: readonly { readonly path: string; readonly text: string }[];
  readonly healthyPanicThreshold: number;
  /** The cluster's own hash policies, which come before those of routes; null: it has none. */
  readonly hasher: RequestHasher | null;
  readonly mergeWindow: Nanoseconds;
  readonly circuitBreakers: CircuitBreakerOptions;
  readonly outlierDetection: OutlierOptions | undefined;
  /** Share of requests, in whole percent, that are refused because the cluster is under maintenance. */
  readonly maintenancePercent: number;
  readonly connections: ConnectionOptions;
  /** Undefined: connections to its hosts have no TLS. */
  readonly tls: TlsOptions | undefined;
}

export function readCluster(cluster: Message, runtime: Runtime): ClusterConfig {
  const common = cluster.message("common_lb_config");
  const outlierDetection = cluster.message("outlier_detection");
  return {
    name: cluster.string("name"),
    statName: (cluster.string("alt_stat_name") || cluster.string("name")).replaceAll(":", "_"),
    path: cluster.path,
    type: readType(cluster),
    assignment: readLoadAssignment(cluster.message("load_assignment")),
    ...readLoadBalancing(cluster),
    healthyPanicThreshold: readHealthyPanicThreshold(cluster),
    mergeWindow: common
      ? timerDuration(common, "update_merge_window", DEFAULT_MERGE_WINDOW)
      : DEFAULT_MERGE_WINDOW,
    circuitBreakers: readCircuitBreakers(cluster.message("circuit_breakers")),
    outlierDetection: outlierDetection && readOutlierDetection(outlierDetection),
    maintenancePercent: readMaintenance(cluster.string("name"), runtime),
    connections: readConnectionOptions(cluster),
    hasher: readHasher(cluster),
    tls: readUpstreamTls(cluster.message("transport_socket")),
  };
}

/** Round robin takes the place of policies that are not simulated yet. */
function readLoadBalancing(cluster: Message): Pick<ClusterConfig, "policy" | "makeLoadBalancer" | "notices"> {
  const choice = resolveLoadBalancing(cluster);
  const isProvided = choice.kind === "modelled" && choice.policy === clusterProvided.name;
  if (choice.kind === "modelled" && !isProvided)
    return { policy: choice.policy, makeLoadBalancer: choice.makeLoadBalancer, notices: [] };
  const text =
    choice.kind === "rejected"
      ? choice.reason
      : `${choice.policy} is not simulated yet: round robin takes its place`;
  const makeLoadBalancer = roundRobin.legacy!.configure(new Message({}, cluster.path, new ReadLog()));
  const path = choice.kind === "modelled" ? `${cluster.path}.lb_policy` : choice.path;
  return { policy: roundRobin.name, makeLoadBalancer, notices: [{ path, text }] };
}

function readType(cluster: Message): ClusterType {
  return cluster.has("cluster_type") ? "custom" : cluster.enum<ClusterType>("type", "STATIC");
}

function readMaintenance(name: string, runtime: Runtime): number {
  const percent = runtime.get(`upstream.maintenance_mode.${name}`);
  return typeof percent === "number" ? Math.min(100, percent) : 0;
}

function readHasher(cluster: Message): RequestHasher | null {
  const policies = httpProtocolOptions(cluster)?.messages("hash_policy") ?? [];
  return policies.length === 0 ? null : readHashPolicies(policies);
}
