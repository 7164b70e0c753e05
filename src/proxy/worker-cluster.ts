import type { Breakers } from "./cluster/breakers.ts";
import type { Host } from "./cluster/host.ts";
import { ConnectionPool, type PoolDeps, type PoolLoad } from "./connection-pool/connection-pool.ts";
import { TcpPool } from "./connection-pool/tcp-pool.ts";
import type { LoadBalancer } from "./load-balancing/policy.ts";
import type { HostMonitor } from "./outlier-detection/host-monitor.ts";
import type { PredictivePreconnect } from "./predictive-preconnect.ts";
import type { ProxyCluster } from "./proxy-cluster.ts";
import type { RoutingPriority } from "./routing/route-match.ts";

/** What makes the pools of a host. */
export interface UpstreamPools extends Readonly<Record<RoutingPriority, PoolDeps>> {
  readonly tcp: PoolDeps;
}

/** What one worker keeps about a host: its connection pools, one for each routing priority and one for TCP. */
export class UpstreamHost {
  readonly host: Host;
  /** Number of the host's station in the world. */
  readonly stationNumber: number;
  /** Undefined without outlier detection. */
  readonly monitor: HostMonitor | undefined;
  /** The balancer that chose it. */
  readonly loadBalancer: LoadBalancer;
  private readonly poolDeps: UpstreamPools;
  private ownTcpPool: TcpPool | null = null;
  private defaultPool: ConnectionPool | null = null;
  private highPool: ConnectionPool | null = null;

  constructor(
    host: Host,
    stationNumber: number,
    monitor: HostMonitor | undefined,
    loadBalancer: LoadBalancer,
    poolDeps: UpstreamPools,
  ) {
    this.host = host;
    this.stationNumber = stationNumber;
    this.monitor = monitor;
    this.loadBalancer = loadBalancer;
    this.poolDeps = poolDeps;
  }

  /** Null: its cluster may have no more pools. */
  pool(priority: RoutingPriority): ConnectionPool | null {
    return (priority === "default" ? this.defaultPool : this.highPool) ?? this.makePool(priority);
  }

  /** A pool that counts against a limit gives its place back when it has nothing left (Envoy 1.40, ConnPoolMap). */
  private makePool(priority: RoutingPriority): ConnectionPool | null {
    const deps = this.poolDeps[priority];
    const limit = deps.breakers.connectionPools;
    if (limit?.canCreate() === false) {
      deps.stats.upstreamCxPoolOverflow.value++;
      return null;
    }
    const pool = new ConnectionPool(this.host, deps);
    this.keep(priority, pool);
    if (limit !== null) {
      limit.increment();
      pool.onIdle = () => {
        pool.onIdle = null;
        this.keep(priority, null);
        limit.decrement();
      };
    }
    return pool;
  }

  private keep(priority: RoutingPriority, pool: ConnectionPool | null): void {
    if (priority === "default") this.defaultPool = pool;
    else this.highPool = pool;
  }

  get tcpPool(): TcpPool {
    return (this.ownTcpPool ??= new TcpPool(this.host, this.poolDeps.tcp));
  }

  /** What TCP proxies pass on to it ends. */
  closeTcp(): void {
    this.ownTcpPool?.closeAll();
  }

  addLoad(load: PoolLoad): void {
    this.defaultPool?.addLoad(load);
    this.highPool?.addLoad(load);
    this.ownTcpPool?.addLoad(load);
  }

  drainPools(): void {
    this.ownTcpPool?.drain();
    this.defaultPool?.drain();
    this.highPool?.drain();
  }
}

/** A cluster as one worker has it: balancer and pools (Envoy: ThreadLocalCluster). */
export class WorkerCluster {
  readonly cluster: ProxyCluster;
  readonly loadBalancer: LoadBalancer;
  /** Null: no connections are opened for streams that are foreseen. */
  preconnect: PredictivePreconnect | null = null;
  /** Clusters whose hosts its balancer chooses as well: those of an aggregate cluster. */
  private readonly members: readonly WorkerCluster[];
  private readonly makeUpstream: (host: Host) => UpstreamHost;
  private readonly upstreams: Map<Host, UpstreamHost>;

  constructor(
    cluster: ProxyCluster,
    loadBalancer: LoadBalancer,
    members: readonly WorkerCluster[],
    makeUpstream: (host: Host) => UpstreamHost,
  ) {
    this.cluster = cluster;
    this.loadBalancer = loadBalancer;
    this.members = members;
    this.makeUpstream = makeUpstream;
    this.upstreams = new Map(cluster.prioritySet.hosts.map((host) => [host, makeUpstream(host)]));
  }

  /** Adds up what its pools carry. */
  addLoad(load: PoolLoad): void {
    for (const upstream of this.upstreams.values()) upstream.addLoad(load);
  }

  breakers(priority: RoutingPriority): Breakers {
    return this.cluster.breakers[priority];
  }

  upstream(host: Host): UpstreamHost {
    return this.find(host)!;
  }

  addHost(host: Host): void {
    this.upstreams.set(host, this.makeUpstream(host));
  }

  /** Its connections end with what they are doing. */
  removeHost(host: Host): void {
    this.upstreams.get(host)?.drainPools();
    this.upstreams.delete(host);
  }

  private find(host: Host): UpstreamHost | undefined {
    const own = this.upstreams.get(host);
    if (own !== undefined) return own;
    for (const member of this.members) {
      const found = member.find(host);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A host has become unusable. */
  drainPools(host: Host): void {
    const upstream = this.upstream(host);
    if (this.cluster.config.connections.closesOnHealthFailure) upstream.closeTcp();
    upstream.drainPools();
  }

  drainAllPools(): void {
    for (const upstream of this.upstreams.values()) upstream.drainPools();
  }
}
