import type { Connection, ConnectionOwner } from "../network/connection.ts";
import { ANY_TLS } from "../network/tls.ts";
import { Peeking64 } from "../random/peeking64.ts";
import type { Stats } from "../telemetry/stats.ts";
import { membersFirst, membersOf } from "./aggregate-order.ts";
import type { Host } from "./cluster/host.ts";
import { type Locality, NO_LOCALITY } from "./cluster/locality.ts";
import { mergeStats } from "./cluster/merge-window.ts";
import { ClusterChecks } from "./cluster-checks.ts";
import type { PoolDeps } from "./connection-pool/connection-pool.ts";
import type { HealthCheckOptions } from "./health-checking/health-check-options.ts";
import { HostEvents } from "./host-events.ts";
import { HostProviders } from "./host-providers.ts";
import type { FilteredClusterStats } from "./http-filter/http-filter.ts";
import type { LocalCluster } from "./load-balancing/policy.ts";
import { PredictivePreconnect } from "./predictive-preconnect.ts";
import { ProxyCluster } from "./proxy-cluster.ts";
import type { ProxyConfig } from "./proxy-config.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import type { RoutingPriority } from "./routing/route-match.ts";
import { tcpPoolDeps } from "./tcp-parts.ts";
import type { Worker } from "./worker.ts";
import { UpstreamHost, WorkerCluster } from "./worker-cluster.ts";

/**
 * The upstream side of one process: its clusters, which the main thread keeps, and what each worker has of them
 * (Envoy 1.40, ClusterManagerImpl in source/common/upstream).
 */
export class ClusterManager {
  private readonly deps: ProxyDeps;
  private readonly stats: Stats;
  private readonly events: HostEvents;
  private readonly clusters: ProxyCluster[] = [];
  private readonly providers: HostProviders;
  /** The node's own; where that is not given, its zone in the scenario. */
  private readonly locality: Locality | undefined;
  private readonly localClusterName: string;
  private readonly onOverflow: () => void;

  /** `onOverflow`: a limit of a cluster has turned something away. */
  constructor(
    config: ProxyConfig,
    deps: ProxyDeps,
    stats: Stats,
    workers: readonly Worker[],
    onOverflow: () => void,
  ) {
    this.deps = deps;
    this.stats = stats;
    this.events = new HostEvents(deps);
    this.onOverflow = onOverflow;
    const { zone } = deps.station;
    this.locality = config.locality ?? (zone === "" ? undefined : { ...NO_LOCALITY, zone });
    this.localClusterName = config.localClusterName;
    const updates = mergeStats(stats);
    for (const clusterConfig of config.clusters) {
      const cluster = new ProxyCluster(clusterConfig, deps.assignmentOf(clusterConfig), {
        simulator: deps.simulator,
        stats,
        mergeStats: updates,
        random: deps.random64(`main/${clusterConfig.name}`),
        zone: this.locality?.zone ?? "",
        onOutlierEvent: (of, host, event) => this.events.detected(of.name, host, event),
        onHealthChange: (host) => this.events.healthChanged(host),
        makeChecks: (of, options) => this.makeChecks(of, options),
      });
      this.clusters.push(cluster);
    }
    // Balancers look at the local cluster as well, wherever it stands among the others.
    this.providers = new HostProviders({
      simulator: deps.simulator,
      stats,
      resolve: (name) => deps.resolve(name),
    });
    for (const cluster of membersFirst(this.clusters))
      for (const worker of workers) this.addToWorker(cluster, worker);
  }

  start(): void {
    for (const cluster of this.clusters) cluster.start();
  }

  /** The process dies: nothing is checked any more. */
  pauseChecks(): void {
    for (const cluster of this.clusters) cluster.pauseChecks();
  }

  resumeChecks(): void {
    for (const cluster of this.clusters) cluster.resumeChecks();
  }

  drainAllPools(): void {
    for (const { workers } of this.clusters) for (const cluster of workers) cluster.drainAllPools();
  }

  // What filters ask

  membershipOf(name: string): ProxyCluster["membership"] | undefined {
    return this.named(name)?.membership;
  }

  clusterStatsOf(name: string): FilteredClusterStats | undefined {
    const cluster = this.named(name);
    if (cluster === undefined) return undefined;
    const { internalCodes } = cluster.stats;
    return { statName: cluster.config.statName, chargeInternal: (status) => internalCodes.charge(status) };
  }

  whyUnresolved(name: string, authority: string): string | undefined {
    return this.providers.forwarderOf(name)?.whyNot(authority);
  }

  /** Number of hosts of the local cluster; 0: not known. */
  get localClusterSize(): number {
    return this.named(this.localClusterName)?.prioritySet.hosts.length ?? 0;
  }

  private named(name: string): ProxyCluster | undefined {
    return this.clusters.find((cluster) => cluster.name === name);
  }

  // What workers have of a cluster

  private addToWorker(cluster: ProxyCluster, worker: Worker): void {
    const { deps } = this;
    const { config } = cluster;
    const { predictivePreconnectRatio: ratio } = config.connections;
    const peeking = ratio > 1 ? new Peeking64(worker.random, "priority") : undefined;
    const loadBalancer = config.makeLoadBalancer({
      prioritySet: cluster.prioritySet,
      random: peeking ?? worker.random,
      peeking,
      clock: deps.simulator,
      stats: this.stats,
      clusterName: config.statName,
      runtime: config.runtime,
      activeRequests: cluster.stats.upstreamRqActive,
      ownLocality: this.locality,
      localCluster: this.localClusterFor(cluster),
      instances: worker.index === 0 ? 2 : 1,
      peer: { index: deps.replica, count: deps.replicas },
      healthyPanicThreshold: config.healthyPanicThreshold,
      probe: (host, onAnswer) => deps.network.probe(deps.station, host.address, onAnswer),
      hostProvider: this.providers.providerFor(cluster, worker),
    });
    const pools = this.poolDeps(cluster, worker, "default");
    const poolDeps = {
      default: pools,
      high: this.poolDeps(cluster, worker, "high"),
      tcp: tcpPoolDeps(cluster, pools, deps),
    };
    const members = membersOf(cluster).flatMap((name) => worker.cluster(name) ?? []);
    const workerCluster = new WorkerCluster(cluster, loadBalancer, members, (host) => {
      const number = deps.stationNumberOf(host);
      return new UpstreamHost(host, number, cluster.monitorOf(host), loadBalancer, poolDeps);
    });
    if (ratio > 1) workerCluster.preconnect = new PredictivePreconnect(worker, ratio);
    cluster.workers.push(workerCluster);
    worker.clusters.set(cluster.name, workerCluster);
  }

  /**
   * As the balancers of a cluster see it; clusters get their members in the order of the configuration. Its own balancer
   * is made before anybody knows it (Envoy 1.40, ThreadLocalClusterManagerImpl).
   */
  private localClusterFor(cluster: ProxyCluster): LocalCluster | undefined {
    const index = this.clusters.findIndex(({ name }) => name === this.localClusterName);
    if (index < 0) return undefined;
    const { prioritySet } = this.clusters[index]!;
    if (cluster === this.clusters[index]) return undefined;
    return { prioritySet, isFilledFirst: index < this.clusters.indexOf(cluster) };
  }

  private poolDeps(cluster: ProxyCluster, worker: Worker, priority: RoutingPriority): PoolDeps {
    const { simulator, network, station } = this.deps;
    const { config, tls } = cluster;
    const breakers = cluster.breakers[priority];
    return {
      simulator,
      options: { ...config.connections, maxConnectionsPerHost: breakers.maxConnectionsPerHost },
      stats: cluster.stats,
      breakers,
      connect: (owner, { address }) => {
        const connection = network.connect(owner, config.connections.protocol, station, address);
        connection.hello = config.hello;
        if (tls !== null) connection.startTls(tls, ANY_TLS);
        return connection;
      },
      finishSetup: ({ target }) => {
        if (tls === null) return 0;
        tls.connected(target);
        return worker.handshakes.add();
      },
      onOverflow: this.onOverflow,
    };
  }

  // Health checks

  private makeChecks(cluster: ProxyCluster, options: HealthCheckOptions): ClusterChecks {
    const { deps } = this;
    const { config, name } = cluster;
    return new ClusterChecks(options, cluster, {
      simulator: deps.simulator,
      stats: this.stats,
      statPrefix: `cluster.${config.statName}.`,
      random: deps.random64(`health-check/${name}`),
      luck: deps.randomStream(`health-check/${name}`),
      connect: (owner, host, protocol) => this.connectForCheck(owner, host, protocol, cluster),
      onEvent: (host, event) => this.events.checked(name, options.check.kind, host, event),
    });
  }

  /** Hosts have no port of their own for checks: where nobody listens there, the host's usual port answers. */
  private connectForCheck(
    owner: ConnectionOwner,
    { address, endpoint }: Host,
    protocol: "http1" | "http2",
    { tls, config: { hello } }: ProxyCluster,
  ): Connection {
    const { network, station } = this.deps;
    const checked = endpoint.healthCheck?.address ?? address;
    const target = network.isListening(checked) ? checked : address;
    const connection = network.connect(owner, protocol, station, target);
    connection.hello = hello;
    if (tls !== null) connection.startTls(tls, ANY_TLS);
    return connection;
  }
}
