import { Message, ReadLog } from "../decode/message.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { ClientHello } from "../network/client-hello.ts";
import type { TlsOptions } from "../network/tls.ts";
import { type CircuitBreakerOptions, readCircuitBreakers } from "./circuit-breaking/circuit-breakers.ts";
import { readLoadAssignment } from "./cluster/load-assignment.ts";
import { DEFAULT_MERGE_WINDOW } from "./cluster/merge-window.ts";
import type { Assignment } from "./cluster/priority-set.ts";
import { timerDuration } from "./cluster/timer-duration.ts";
import { type ClusterKind, readClusterKind } from "./cluster-kind.ts";
import { compileRetryPolicy } from "./compile-retry-policy.ts";
import {
  type ConnectionOptions,
  httpProtocolOptions,
  readConnectionOptions,
} from "./connection-pool/connection-options.ts";
import { type HealthCheckOptions, readHealthCheck } from "./health-checking/health-check-options.ts";
import { clusterProvided } from "./load-balancing/cluster-provided/config.ts";
import type { MakeLoadBalancer, RequestHasher } from "./load-balancing/policy.ts";
import { resolveLoadBalancing } from "./load-balancing/resolve.ts";
import { roundRobin } from "./load-balancing/round-robin/config.ts";
import { readHashPolicies } from "./load-balancing/shared/hash-policy/read-hash-policies.ts";
import { readHealthyPanicThreshold } from "./load-balancing/shared/panic.ts";
import { RouteProblems } from "./matching/route-problems.ts";
import { compileStringMatcher } from "./matching/string-matcher.ts";
import { type OutlierOptions, readOutlierDetection } from "./outlier-detection/outlier-options.ts";
import type { RetryPolicy } from "./retry/retry-policy.ts";
import { type MirrorPolicy, readMirrorPolicies } from "./routing/mirror-policy.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { runtimeInteger } from "./runtime/runtime-number.ts";
import { readUpstreamTls } from "./tls/tls-options.ts";
import { readClientHello } from "./tls/upstream-tls.ts";

/** A cluster's configuration, read once for all processes that use it. */
export interface ClusterConfig extends ClusterKind {
  readonly name: string;
  /** Name in statistics. */
  readonly statName: string;
  readonly path: string;
  /** Its members as configured; for EDS none. */
  readonly assignment: Assignment;
  /** Name of the policy that chooses hosts, such as `envoy.load_balancing_policies.round_robin`. */
  readonly policy: string;
  readonly makeLoadBalancer: MakeLoadBalancer;
  /** The proxy's runtime values. */
  readonly runtime: Runtime;
  /** What the configuration asks for and the simulation does otherwise. */
  readonly notices: readonly { readonly path: string; readonly text: string }[];
  readonly healthyPanicThreshold: number;
  /** The cluster's own hash policies, which come before those of routes; null: it has none. */
  readonly hasher: RequestHasher | null;
  /** Comes before those of routes; undefined: it has none. */
  readonly retryPolicy: RetryPolicy | undefined;
  /** Come before those of routes, if there are any. */
  readonly mirrors: readonly MirrorPolicy[];
  readonly mergeWindow: Nanoseconds;
  readonly circuitBreakers: CircuitBreakerOptions;
  readonly outlierDetection: OutlierOptions | undefined;
  readonly healthCheck: HealthCheckOptions | undefined;
  /** Whether discovered hosts do not count as members until they have been checked. */
  readonly ignoresUncheckedHosts: boolean;
  /** Share of requests, in whole percent, that are refused because the cluster is under maintenance. */
  readonly maintenancePercent: number;
  readonly connections: ConnectionOptions;
  /** Undefined: connections to its hosts have no TLS. */
  readonly tls: TlsOptions | undefined;
  /** What its connections begin with; null: plain text. */
  readonly hello: ClientHello | null;
}

export function readCluster(cluster: Message, runtime: Runtime): ClusterConfig {
  const common = cluster.message("common_lb_config");
  const kind = readClusterKind(cluster);
  const outlierDetection = cluster.message("outlier_detection");
  const connections = readConnectionOptions(cluster);
  return {
    name: cluster.string("name"),
    statName: (cluster.string("alt_stat_name") || cluster.string("name")).replaceAll(":", "_"),
    path: cluster.path,
    ...kind,
    assignment: limitDrops(readLoadAssignment(cluster.message("load_assignment")), runtime),
    runtime,
    ...readLoadBalancing(cluster, kind),
    healthyPanicThreshold: runtimeInteger(
      runtime,
      "upstream.healthy_panic_threshold",
      readHealthyPanicThreshold(cluster),
    ),
    mergeWindow: common
      ? timerDuration(common, "update_merge_window", DEFAULT_MERGE_WINDOW)
      : DEFAULT_MERGE_WINDOW,
    circuitBreakers: readCircuitBreakers(cluster.message("circuit_breakers")),
    outlierDetection:
      outlierDetection &&
      readOutlierDetection(outlierDetection, (key, otherwise) => runtimeInteger(runtime, key, otherwise)),
    ...readHealth(cluster, kind, common, runtime),
    maintenancePercent: readMaintenance(cluster.string("name"), runtime),
    connections,
    hasher: readHasher(cluster),
    retryPolicy: readClusterRetryPolicy(cluster),
    mirrors: readClusterMirrors(cluster, runtime),
    tls: readUpstreamTls(cluster.message("transport_socket")),
    hello: readClientHello(
      cluster.message("transport_socket")?.message("typed_config"),
      connections.protocol,
    ),
  };
}

/** Envoy takes one health check for a cluster. */
function readHealth(
  cluster: Message,
  { type }: ClusterKind,
  common: Message | undefined,
  runtime: Runtime,
): Pick<ClusterConfig, "healthCheck" | "ignoresUncheckedHosts"> {
  const [check] = cluster.messages("health_checks");
  if (check === undefined) return { healthCheck: undefined, ignoresUncheckedHosts: false };
  const healthCheck = readHealthCheck(check, {
    runtime: (key, otherwise) => runtimeInteger(runtime, key, otherwise),
    compileStringMatcher: (matcher) => compileStringMatcher(matcher, new RouteProblems()),
    scheme: readUpstreamTls(cluster.message("transport_socket")) === undefined ? "http" : "https",
  });
  const ignoresHosts = common?.boolean("ignore_new_hosts_until_first_hc") ?? false;
  // Envoy does not look at it for the hosts of a static cluster.
  return { healthCheck, ignoresUncheckedHosts: ignoresHosts && type !== "STATIC" };
}

/** Round robin takes the place of policies that are not simulated, and of clusters whose kind is not. */
function readLoadBalancing(
  cluster: Message,
  { provided }: ClusterKind,
): Pick<ClusterConfig, "policy" | "makeLoadBalancer" | "notices"> {
  const choice = resolveLoadBalancing(cluster);
  const isMissing = choice.kind === "modelled" && choice.policy === clusterProvided.name && provided === null;
  if (choice.kind === "modelled" && !isMissing)
    return { policy: choice.policy, makeLoadBalancer: choice.makeLoadBalancer, notices: [] };
  const text =
    choice.kind === "rejected"
      ? choice.reason
      : `${choice.policy} is not simulated yet: round robin takes its place`;
  const makeLoadBalancer = roundRobin.legacy!.configure(new Message({}, cluster.path, new ReadLog()));
  const path = choice.kind === "modelled" ? `${cluster.path}.lb_policy` : choice.path;
  return { policy: roundRobin.name, makeLoadBalancer, notices: [{ path, text }] };
}

/** Runtime may lower the share of requests that discovery has dropped (Envoy 1.40, upstream_impl.cc). */
function limitDrops(assignment: Assignment, runtime: Runtime): Assignment {
  const limit = runtimeInteger(runtime, "load_balancing_policy.drop_overload_limit", 100);
  const dropOverload = Math.min(assignment.dropOverload, Math.fround(limit / 100));
  return dropOverload === assignment.dropOverload ? assignment : { ...assignment, dropOverload };
}

function readMaintenance(name: string, runtime: Runtime): number {
  const percent = runtime.get(`upstream.maintenance_mode.${name}`);
  return typeof percent === "number" ? Math.min(100, percent) : 0;
}

function readHasher(cluster: Message): RequestHasher | null {
  const policies = httpProtocolOptions(cluster)?.messages("hash_policy") ?? [];
  return policies.length === 0 ? null : readHashPolicies(policies);
}

function readClusterRetryPolicy(cluster: Message): RetryPolicy | undefined {
  const policy = httpProtocolOptions(cluster)?.message("retry_policy");
  return policy && compileRetryPolicy(policy);
}

function readClusterMirrors(cluster: Message, runtime: Runtime): readonly MirrorPolicy[] {
  const options = httpProtocolOptions(cluster);
  return options === undefined ? [] : readMirrorPolicies(options, runtime);
}
