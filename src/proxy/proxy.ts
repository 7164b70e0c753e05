import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Connection, ConnectionOwner } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import type { Station } from "../network/station.ts";
import { ANY_TLS } from "../network/tls.ts";
import type { Distribution } from "../random/distributions/distribution.ts";
import { Peeking64 } from "../random/peeking64.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { Random64 } from "../random/random64.ts";
import type { Activity } from "../telemetry/activity.ts";
import type { ProxyTally } from "../telemetry/proxy-tally.ts";
import type { Recorder } from "../telemetry/recorder.ts";
import { Stats } from "../telemetry/stats.ts";
import { accessLogRecord } from "./access-log-record.ts";
import { membersFirst, membersOf } from "./aggregate-order.ts";
import type { Host } from "./cluster/host.ts";
import { type Locality, NO_LOCALITY } from "./cluster/locality.ts";
import { mergeStats } from "./cluster/merge-window.ts";
import type { Assignment } from "./cluster/priority-set.ts";
import { ClusterChecks } from "./cluster-checks.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import { ConnectionCount } from "./connection-limits.ts";
import type { PoolDeps } from "./connection-pool/connection-pool.ts";
import { DrainManager, type DrainOptions } from "./draining/drain-manager.ts";
import type { Exchange } from "./exchange.ts";
import {
  fieldsOf,
  type HealthCheckEvent,
  type HealthCheckerType,
} from "./health-checking/health-check-event.ts";
import type { HealthCheckOptions } from "./health-checking/health-check-options.ts";
import { HostProviders } from "./host-providers.ts";
import { HttpConnectionManager } from "./http-connection-manager.ts";
import type { FilteredClusterStats } from "./http-filter/http-filter.ts";
import { HttpManagerStats } from "./http-manager-stats.ts";
import { Listener } from "./listener.ts";
import {
  type HttpConnectionManagerConfig,
  isUnspecified,
  type ListenerConfig,
  takesConnections,
} from "./listener-config.ts";
import { SocketStats } from "./listener-filter/socket-stats.ts";
import { ListenerLimiter } from "./listener-limiter.ts";
import { ListenerStats } from "./listener-stats.ts";
import type { LocalCluster } from "./load-balancing/policy.ts";
import type { OutlierEvent } from "./outlier-detection/outlier-event.ts";
import { OverloadManager } from "./overload/overload-manager.ts";
import { PredictivePreconnect } from "./predictive-preconnect.ts";
import { ProxyCluster } from "./proxy-cluster.ts";
import type { ProxyConfig } from "./proxy-config.ts";
import type { ProxyTrace } from "./proxy-trace.ts";
import type { RoutingPriority } from "./routing/route-match.ts";
import { connectionCaller, makeTcpProxies, tcpPoolDeps } from "./tcp-parts.ts";
import { TimerClock } from "./timer-clock.ts";
import { HandshakeQueue } from "./tls/handshake-queue.ts";
import { Worker } from "./worker.ts";
import { UpstreamHost, WorkerCluster } from "./worker-cluster.ts";

/** What a proxy process needs of the world. */
export interface ProxyDeps {
  readonly simulator: Simulator;
  readonly network: Network;
  readonly recorder: Recorder;
  readonly activity: Activity;
  readonly tally: ProxyTally;
  readonly station: Station;
  readonly replica: number;
  /** How many proxies have this configuration. */
  readonly replicas: number;
  /** Envoy's `--concurrency`: the number of workers. */
  readonly concurrency: number;
  /** Time that the proxy itself takes for each request. */
  readonly overhead: Distribution;
  /** Time that a worker takes for each TLS handshake. */
  readonly handshake: Distribution;
  /** Of the clock by which back-offs run; 0: they are exact. */
  readonly timerTick: Nanoseconds;
  /** Absent: nobody ever drains it. */
  readonly drain?: DrainOptions;
  /** Members of a cluster, as configured or discovered. */
  assignmentOf(cluster: ClusterConfig): Assignment;
  /** Number of the station that has this host's address. */
  stationNumberOf(host: Host): number;
  /** The first address that a name stands for; null where nobody has that name. */
  resolve(name: string): string | null;
  /** Named draws of this process. */
  random64(name: string): Random64;
  randomStream(name: string): RandomStream;
  /** For explanations; absent in ordinary runs. */
  readonly trace?: ProxyTrace;
}

/** One Envoy process. */
export class Proxy {
  readonly deps: ProxyDeps;
  readonly listeners: Listener[] = [];
  private readonly stats = new Stats();
  private readonly clusters: ProxyCluster[] = [];
  private readonly workers: Worker[];
  private readonly startedParts: { start(): void }[] = [];
  /** The node's own; where that is not given, its zone in the scenario. */
  private readonly locality: Locality | undefined;
  private readonly localClusterName: string;
  private readonly nodeCluster: string;
  private readonly providers: HostProviders;
  private readonly globalConnections: ConnectionCount;
  private readonly socketStats = new SocketStats(this.stats);
  private readonly sharedByFilters = new Map<string, unknown>();
  /** Null: overload is not watched for. */
  readonly overload: OverloadManager | null;
  /** Null: nobody ever drains it. */
  readonly drain: DrainManager | null;

  constructor(config: ProxyConfig, deps: ProxyDeps) {
    this.deps = deps;
    const { zone } = deps.station;
    this.locality = config.locality ?? (zone === "" ? undefined : { ...NO_LOCALITY, zone });
    this.globalConnections = new ConnectionCount(config.globalConnectionLimit);
    this.localClusterName = config.localClusterName;
    this.nodeCluster = config.nodeCluster;
    deps.tally.stats.push(this.stats);
    this.overload =
      config.overload === undefined ? null : new OverloadManager(config.overload, deps.simulator, this.stats);
    this.drain = deps.drain === undefined ? null : new DrainManager(deps.drain, deps.simulator, this.stats);
    const timerClock = new TimerClock(deps.timerTick, deps.randomStream("timer-clock").uniform());
    this.workers = Array.from({ length: deps.concurrency }, (_, index) => {
      const draws = deps.randomStream(`handshake/${index}`);
      const handshakes = new HandshakeQueue(deps.simulator, deps.handshake, draws);
      const [random, streamIds] = [deps.random64(`worker/${index}`), deps.random64(`stream-id/${index}`)];
      return new Worker(index, random, streamIds, handshakes, timerClock);
    });
    const updates = mergeStats(this.stats);
    for (const clusterConfig of config.clusters) {
      const cluster = new ProxyCluster(clusterConfig, deps.assignmentOf(clusterConfig), {
        simulator: deps.simulator,
        stats: this.stats,
        mergeStats: updates,
        random: deps.random64(`main/${clusterConfig.name}`),
        zone: this.locality?.zone ?? "",
        onOutlierEvent: (of, host, event) => this.onOutlierEvent(of, host, event),
        onHealthChange: (host) => this.onHealthChange(host),
        makeChecks: (of, options) => this.makeChecks(of, options),
      });
      this.clusters.push(cluster);
    }
    // Balancers look at the local cluster as well, wherever it stands among the others.
    this.providers = new HostProviders({
      simulator: deps.simulator,
      stats: this.stats,
      resolve: (name) => deps.resolve(name),
    });
    for (const cluster of membersFirst(this.clusters))
      for (const worker of this.workers) this.addToWorker(cluster, worker);
    for (const listener of config.listeners) this.addListener(listener);
  }

  /** The process starts: its timers begin to run. */
  start(): void {
    this.overload?.start();
    this.stats.start();
    for (const cluster of this.clusters) cluster.start();
    for (const part of this.startedParts) part.start();
  }

  /** Statistics leave out what the process has counted since its start. */
  countFromNow(): void {
    this.stats.countFromNow();
  }

  /** The process dies and forgets its connections. */
  goDown(): void {
    this.drain?.processDied();
    for (const cluster of this.clusters) cluster.pauseChecks();
    for (const listener of this.listeners) listener.goDown();
    for (const { workers } of this.clusters) for (const cluster of workers) cluster.drainAllPools();
  }

  comeUp(): void {
    this.drain?.processStarted();
    for (const listener of this.listeners) listener.comeUp();
    for (const cluster of this.clusters) cluster.resumeChecks();
  }

  overflowed(): void {
    const { tally, simulator } = this.deps;
    tally.count(tally.overflows, simulator.now);
  }

  /** `cluster`: that of its route, if it exists. */
  logAccess(exchange: Exchange, cluster: string | null, status: number, bodyBytes: number): void {
    const { recorder, simulator } = this.deps;
    recorder.accessLog!(accessLogRecord(exchange, cluster, status, bodyBytes, simulator.now));
  }

  private addListener(listener: ListenerConfig): void {
    const { network, station } = this.deps;
    if (!takesConnections(listener)) return;
    const overload = listener.bypassesOverloadManager ? null : this.overload;
    const random = this.deps.random64(`overload/${listener.name}`);
    const process = { simulator: this.deps.simulator, stats: this.stats, shared: this.sharedByFilters };
    const chains = new Map(
      listener.chains.all.flatMap((chain) => {
        const { terminal, filters } = chain;
        if (terminal === undefined) return [];
        const servers =
          terminal.kind === "http"
            ? this.makeManagers(terminal.config, overload)
            : makeTcpProxies(this, this.workers, this.stats, chain, terminal.config, listener.inspectors.tls);
        const makers = filters.length === 0 ? null : filters.map((make) => make(process));
        return [[chain, { servers, filters: makers }] as const];
      }),
    );
    const made = new Listener(
      listener,
      chains,
      this.workers.length,
      this.deps.randomStream(`accept/${listener.name}`),
      new ListenerStats(this.stats, listener.statName, this.workers.length),
      new ListenerLimiter(listener.limits, this.globalConnections, overload && { overload, random }),
      (address) => this.listenerAt(address),
      overload,
      (worker) => connectionCaller(this.deps, worker, this.stats.counter("http.async-client.rq_total")),
      { simulator: this.deps.simulator, stats: this.socketStats },
    );
    this.listeners.push(made);
    if (this.drain !== null) made.drainBy(this.drain.add(made, listener.drainType, listener.isInbound));
    overload?.whenRefreshed(() => made.overloadChanged());
    const ip = isUnspecified(listener.address) ? station.address : listener.address;
    const address = `${ip}:${listener.port}`;
    if (listener.restoresDestination)
      for (const { servers } of chains.values()) for (const server of servers) server.redirectsTo = address;
    if (listener.bindsToPort) network.listen(address, station, made);
  }

  /** The listener with exactly this address, otherwise the one with this port on every address. */
  private listenerAt(target: string): Listener | undefined {
    const port = Number(target.slice(target.lastIndexOf(":") + 1));
    const exact = this.listeners.find(({ config }) => `${config.address}:${config.port}` === target);
    return (
      exact ?? this.listeners.find(({ config }) => isUnspecified(config.address) && config.port === port)
    );
  }

  private makeManagers(
    config: HttpConnectionManagerConfig,
    overload: OverloadManager | null,
  ): HttpConnectionManager[] {
    const stats = new HttpManagerStats(this.stats, config.statPrefix);
    const filters = config.filters.inProcess({
      simulator: this.deps.simulator,
      stats: this.stats,
      statPrefix: `http.${config.statPrefix}.`,
      random: this.deps.random64(`http-filters/${config.statPrefix}`),
      nodeCluster: this.nodeCluster,
      ownHealth: this.drain,
      whenStarted: (part) => this.startedParts.push(part),
      membershipOf: (name) => this.clusters.find((cluster) => cluster.name === name)?.membership,
      clusterStatsOf: (name) => this.clusterStatsOf(name),
      whyUnresolved: (name, authority) => this.providers.forwarderOf(name)?.whyNot(authority),
      localClusterSize: () => this.localCluster?.prioritySet.hosts.length ?? 0,
    });
    return this.workers.map(
      (worker) => new HttpConnectionManager(this, worker, config, stats, filters(worker.random), overload),
    );
  }

  private clusterStatsOf(name: string): FilteredClusterStats | undefined {
    const cluster = this.clusters.find((each) => each.name === name);
    if (cluster === undefined) return undefined;
    const { internalCodes } = cluster.stats;
    return { statName: cluster.config.statName, chargeInternal: (status) => internalCodes.charge(status) };
  }

  private get localCluster(): ProxyCluster | undefined {
    return this.clusters.find(({ name }) => name === this.localClusterName);
  }

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

  /** As the balancers of a cluster see it; clusters get their members in the order of the configuration. */
  private localClusterFor(cluster: ProxyCluster): LocalCluster | undefined {
    const index = this.clusters.findIndex(({ name }) => name === this.localClusterName);
    if (index < 0) return undefined;
    const { prioritySet } = this.clusters[index]!;
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
      onOverflow: () => this.overflowed(),
    };
  }

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
      onEvent: (host, event) => this.onHealthEvent(name, options.check.kind, host, event),
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

  private onHealthChange(host: Host): void {
    const { recorder, simulator, station, stationNumberOf } = this.deps;
    recorder.healthChanged(simulator.now, station.number, stationNumberOf(host), host.healthFlags);
  }

  private onHealthEvent(
    cluster: string,
    checker: HealthCheckerType,
    host: Host,
    event: HealthCheckEvent,
  ): void {
    const { recorder, tally, station, replica, simulator } = this.deps;
    const { kind } = event;
    const of = { at: simulator.now, proxy: station.of, replica, cluster, host: host.address };
    recorder.healthEvent(tally, { ...of, checker, kind, fields: fieldsOf(event) });
  }

  private onOutlierEvent(cluster: ProxyCluster, host: Host, event: OutlierEvent): void {
    const { recorder, tally, station, replica } = this.deps;
    const { at, action, type, numEjections, enforced, secsSinceLastAction, rates, change } = event;
    const record = {
      at,
      proxy: station.of,
      replica,
      cluster: cluster.name,
      host: host.address,
      action,
      type,
      numEjections,
      enforced,
      ...(secsSinceLastAction !== undefined && { secsSinceLastAction }),
      ...(rates !== undefined && { rates }),
    };
    recorder.ejection(tally, station.number, this.deps.stationNumberOf(host), record, change);
  }
}
