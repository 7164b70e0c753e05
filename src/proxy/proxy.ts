import { Stats } from "../telemetry/stats.ts";
import { accessLogRecord } from "./access-log-record.ts";
import { ClusterManager } from "./cluster-manager.ts";
import { ConnectionCount } from "./connection-limits.ts";
import { DrainManager } from "./draining/drain-manager.ts";
import type { Exchange } from "./exchange.ts";
import { HttpConnectionManager } from "./http-connection-manager.ts";
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
import { OverloadManager } from "./overload/overload-manager.ts";
import type { ProxyConfig } from "./proxy-config.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import { connectionCaller, makeTcpProxies } from "./tcp-parts.ts";
import { TimerClock } from "./timer-clock.ts";
import { HandshakeQueue } from "./tls/handshake-queue.ts";
import { Worker } from "./worker.ts";

/** One Envoy process. */
export class Proxy {
  readonly deps: ProxyDeps;
  readonly listeners: Listener[] = [];
  private readonly stats = new Stats();
  private readonly clusters: ClusterManager;
  private readonly workers: Worker[];
  private readonly startedParts: { start(): void }[] = [];
  private readonly nodeCluster: string;
  private readonly globalConnections: ConnectionCount;
  private readonly socketStats = new SocketStats(this.stats);
  private readonly sharedByFilters = new Map<string, unknown>();
  /** Null: overload is not watched for. */
  readonly overload: OverloadManager | null;
  /** Null: nobody ever drains it. */
  readonly drain: DrainManager | null;

  constructor(config: ProxyConfig, deps: ProxyDeps) {
    this.deps = deps;
    this.globalConnections = new ConnectionCount(config.globalConnectionLimit);
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
    this.clusters = new ClusterManager(config, deps, this.stats, this.workers, () => this.overflowed());
    for (const listener of config.listeners) this.addListener(listener);
  }

  /** The process starts: its timers begin to run. */
  start(): void {
    this.overload?.start();
    this.stats.start();
    this.clusters.start();
    for (const part of this.startedParts) part.start();
  }

  /** Statistics leave out what the process has counted since its start. */
  countFromNow(): void {
    this.stats.countFromNow();
  }

  /** The process dies and forgets its connections. */
  goDown(): void {
    this.drain?.processDied();
    this.clusters.pauseChecks();
    for (const listener of this.listeners) listener.goDown();
    this.clusters.drainAllPools();
  }

  comeUp(): void {
    this.drain?.processStarted();
    for (const listener of this.listeners) listener.comeUp();
    this.clusters.resumeChecks();
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
      membershipOf: (name) => this.clusters.membershipOf(name),
      clusterStatsOf: (name) => this.clusters.clusterStatsOf(name),
      whyUnresolved: (name, authority) => this.clusters.whyUnresolved(name, authority),
      localClusterSize: () => this.clusters.localClusterSize,
    });
    return this.workers.map(
      (worker) => new HttpConnectionManager(this, worker, config, stats, filters(worker.random), overload),
    );
  }
}
