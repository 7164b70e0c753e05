import type { Breakers } from "./cluster/breakers.ts";
import type { Host } from "./cluster/host.ts";
import { ConnectionPool, type PoolDeps } from "./connection-pool/connection-pool.ts";
import type { LoadBalancer } from "./load-balancing/policy.ts";
import type { HostMonitor } from "./outlier-detection/host-monitor.ts";
import type { ProxyCluster } from "./proxy-cluster.ts";
import type { RoutingPriority } from "./routing/route-match.ts";

/** What one worker keeps about a host: its connection pools, one for each routing priority. */
export class UpstreamHost {
  readonly host: Host;
  /** Number of the host's station in the world. */
  readonly stationNumber: number;
  /** Undefined without outlier detection. */
  readonly monitor: HostMonitor | undefined;
  private readonly poolDeps: Readonly<Record<RoutingPriority, PoolDeps>>;
  private readonly pools: Record<RoutingPriority, ConnectionPool | null> = { default: null, high: null };

  constructor(
    host: Host,
    stationNumber: number,
    monitor: HostMonitor | undefined,
    poolDeps: Readonly<Record<RoutingPriority, PoolDeps>>,
  ) {
    this.host = host;
    this.stationNumber = stationNumber;
    this.monitor = monitor;
    this.poolDeps = poolDeps;
  }

  pool(priority: RoutingPriority): ConnectionPool {
    return (this.pools[priority] ??= new ConnectionPool(this.host, this.poolDeps[priority]));
  }

  drainPools(): void {
    this.pools.default?.drain();
    this.pools.high?.drain();
  }
}

/** A cluster as one worker has it: balancer and pools (Envoy: ThreadLocalCluster). */
export class WorkerCluster {
  readonly cluster: ProxyCluster;
  readonly loadBalancer: LoadBalancer;
  private readonly upstreams: ReadonlyMap<Host, UpstreamHost>;

  constructor(cluster: ProxyCluster, loadBalancer: LoadBalancer, upstreams: ReadonlyMap<Host, UpstreamHost>) {
    this.cluster = cluster;
    this.loadBalancer = loadBalancer;
    this.upstreams = upstreams;
  }

  breakers(priority: RoutingPriority): Breakers {
    return this.cluster.breakers[priority];
  }

  upstream(host: Host): UpstreamHost {
    return this.upstreams.get(host)!;
  }

  drainPools(host: Host): void {
    this.upstream(host).drainPools();
  }

  drainAllPools(): void {
    for (const upstream of this.upstreams.values()) upstream.drainPools();
  }
}
