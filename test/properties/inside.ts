import type { Fifo } from "../../src/kernel/fifo.ts";
import type { Handle } from "../../src/kernel/simulator.ts";
import type { Nanoseconds } from "../../src/kernel/time.ts";
import type { Connection } from "../../src/network/connection.ts";
import type { Network } from "../../src/network/network.ts";
import type { Path } from "../../src/network/path.ts";
import type { Station } from "../../src/network/station.ts";
import type { AsyncClient } from "../../src/proxy/async-client.ts";
import type { Attempt } from "../../src/proxy/attempt.ts";
import type { CircuitBreakers } from "../../src/proxy/circuit-breaking/circuit-breakers.ts";
import type { Host } from "../../src/proxy/cluster/host.ts";
import type { MergeWindow } from "../../src/proxy/cluster/merge-window.ts";
import type { ClusterManager } from "../../src/proxy/cluster-manager.ts";
import type { ConnectionLists } from "../../src/proxy/connection-pool/connection-lists.ts";
import type {
  ConnectionPool,
  PoolOptions,
  PoolStream,
} from "../../src/proxy/connection-pool/connection-pool.ts";
import type { DownstreamConnection } from "../../src/proxy/downstream-connection.ts";
import type { GatedConnection } from "../../src/proxy/gated-connection.ts";
import type { HttpConnectionManager } from "../../src/proxy/http-connection-manager.ts";
import type { HttpManagerStats } from "../../src/proxy/http-manager-stats.ts";
import type { Listener, OpenConnection, ServedChains } from "../../src/proxy/listener.ts";
import type { ConnectionFilter } from "../../src/proxy/network-filter/network-filter.ts";
import type { OutlierDetector } from "../../src/proxy/outlier-detection/outlier-detector.ts";
import type { Proxy } from "../../src/proxy/proxy.ts";
import type { ProxyCluster } from "../../src/proxy/proxy-cluster.ts";
import type { RetryState } from "../../src/proxy/retry/retry-state.ts";
import type { RoutedRequest } from "../../src/proxy/router.ts";
import type { RouteEntry } from "../../src/proxy/routing/route-match.ts";
import type { UpstreamHost, WorkerCluster } from "../../src/proxy/worker-cluster.ts";
import type { Instance } from "../../src/service/instance.ts";
import type { Job } from "../../src/service/job.ts";
import type { Activity } from "../../src/telemetry/activity.ts";
import type { HostTally } from "../../src/telemetry/host-tally.ts";
import type { Gauge, Stats } from "../../src/telemetry/stats.ts";
import type { Client } from "../../src/traffic/client.ts";
import type { ClientConnection } from "../../src/traffic/client-connection.ts";
import type { ClientConnections } from "../../src/traffic/client-connections.ts";
import type { ClientStream } from "../../src/traffic/client-stream.ts";

/**
 * What the observer looks at inside the parts of a world: private fields, so that production code needs no
 * hooks for tests. A field that is renamed there shows up here as a world that fails at once.
 */
interface Insides {
  proxy: [Proxy, { readonly clusters: ClusterManager; readonly stats: Stats }];
  clusterManager: [ClusterManager, { readonly clusters: readonly ProxyCluster[] }];
  listener: [
    Listener,
    {
      readonly chains: ServedChains;
      readonly connections: ReadonlyMap<Connection, OpenConnection>;
      readonly isDown: boolean;
    },
  ];
  gate: [GatedConnection, { readonly filters: readonly ConnectionFilter[] }];
  connectionLimitFilter: [
    ConnectionFilter,
    { readonly limit: { readonly maxConnections: number; readonly count: number; readonly active: Gauge } },
  ];
  downstream: [
    DownstreamConnection,
    { readonly state: "open" | "draining" | "closing" | "closed"; readonly activeStreams: number },
  ];
  manager: [HttpConnectionManager, { readonly stats: HttpManagerStats; readonly client: AsyncClient }];
  routed: [
    RoutedRequest,
    {
      readonly route: RouteEntry | null;
      readonly oldestAttempt: Attempt | null;
      readonly retryState: RetryState | null;
      readonly backOffTimer: Handle;
    },
  ];
  cluster: [
    ProxyCluster,
    {
      readonly detector: OutlierDetector | undefined;
      readonly membershipHealthy: Gauge;
      readonly mergeWindows: readonly { readonly window: MergeWindow }[];
    },
  ];
  workerCluster: [WorkerCluster, { readonly upstreams: ReadonlyMap<Host, UpstreamHost> }];
  upstream: [
    UpstreamHost,
    { readonly defaultPool: ConnectionPool | null; readonly highPool: ConnectionPool | null },
  ];
  pool: [
    ConnectionPool,
    {
      readonly host: Host;
      readonly options: PoolOptions;
      readonly breakers: CircuitBreakers;
      readonly connections: ConnectionLists;
      readonly pending: Fifo<PoolStream>;
    },
  ];
  instance: [
    Instance,
    {
      readonly connections: ReadonlySet<Connection>;
      readonly waiting: Fifo<Job>;
      readonly inService: readonly Job[];
      readonly unread: readonly Job[];
      readonly effects: readonly unknown[];
      readonly isDown: boolean;
      readonly speed: number;
    },
  ];
  hostTally: [
    HostTally,
    { readonly busy: { readonly level: number }; readonly waiting: { readonly level: number } },
  ];
  client: [Client, { readonly open: readonly ClientStream[]; readonly sender: ClientConnections }];
  clientConnections: [
    ClientConnections,
    {
      readonly free: readonly ClientConnection[];
      readonly shared: readonly (ClientConnection | undefined)[];
    },
  ];
  clientConnection: [
    ClientConnection,
    { readonly connection: Connection; readonly waiting: readonly ClientStream[] },
  ];
  network: [
    Network,
    {
      readonly effects: readonly unknown[];
      readonly paths: ReadonlyMap<Station, ReadonlyMap<Station, Path>>;
    },
  ];
  path: [Path, { readonly effects: readonly unknown[] }];
  activity: [Activity, { readonly open: number }];
}

/** The private fields of a part. */
export function inside<Kind extends keyof Insides>(_kind: Kind, part: Insides[Kind][0]): Insides[Kind][1] {
  return part as unknown as Insides[Kind][1];
}

/** Instants are told in milliseconds. */
export function inMs(time: Nanoseconds): string {
  return `${time / 1e6} ms`;
}

/** The clusters of a process. */
export function clustersOf(proxy: Proxy): readonly ProxyCluster[] {
  return inside("clusterManager", inside("proxy", proxy).clusters).clusters;
}
