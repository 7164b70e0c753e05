import type { Connection } from "../../src/network/connection.ts";
import type { Host } from "../../src/proxy/cluster/host.ts";
import type { ConnectionPool } from "../../src/proxy/connection-pool/connection-pool.ts";
import type { PooledConnection } from "../../src/proxy/connection-pool/pooled-connection.ts";
import { Listener } from "../../src/proxy/listener.ts";
import type { ProxyCluster } from "../../src/proxy/proxy-cluster.ts";
import type { RoutingPriority } from "../../src/proxy/routing/route-match.ts";
import { Instance } from "../../src/service/instance.ts";
import type { Findings } from "./findings.ts";
import { inside } from "./inside.ts";

/** What the pools of a cluster really have, over all workers, hosts and both or one priority. */
export interface PoolCounts {
  pending: number;
  requests: number;
  connections: number;
  /** Connections beyond the first of each pool; the first is always allowed. */
  surplus: number;
}

export function poolsOf(cluster: ProxyCluster, priority: RoutingPriority): ConnectionPool[] {
  const pools: ConnectionPool[] = [];
  for (const worker of cluster.workers) {
    for (const upstream of inside("workerCluster", worker).upstreams.values()) {
      const { defaultPool, highPool } = inside("upstream", upstream);
      const pool = priority === "default" ? defaultPool : highPool;
      if (pool !== null) pools.push(pool);
    }
  }
  return pools;
}

/** Counts anew, from the lists of the pools alone. */
export function countPools(pools: readonly ConnectionPool[]): PoolCounts {
  const counts: PoolCounts = { pending: 0, requests: 0, connections: 0, surplus: 0 };
  for (const pool of pools) {
    const { pending, connections } = inside("pool", pool);
    const { ready, others, size } = connections;
    counts.pending += pending.length;
    counts.connections += size;
    counts.surplus += Math.max(0, size - 1);
    for (const { activeStreams } of ready) counts.requests += activeStreams;
    for (const { activeStreams } of others) counts.requests += activeStreams;
  }
  return counts;
}

/** Holds the breakers of one priority, and their gauges, against what the pools have. */
export function auditPriority(
  findings: Findings,
  cluster: ProxyCluster,
  priority: RoutingPriority,
  counts: PoolCounts,
  heldRetries: number,
): void {
  const { connections, pendingRequests, requests, retries } = cluster.breakers[priority];
  const of = `${cluster.name}, ${priority}`;
  findings.equal("agreement", `${of}: breaker's pending requests`, pendingRequests.current, counts.pending);
  findings.equal("agreement", `${of}: breaker's requests`, requests.current, counts.requests);
  findings.equal("agreement", `${of}: breaker's connections`, connections.current, counts.connections);
  findings.equal("agreement", `${of}: breaker's retries`, retries.current, heldRetries);
  findings.atMost("limits", `${of}: pending requests`, counts.pending, pendingRequests.max);
  findings.atMost("limits", `${of}: active requests`, counts.requests, requests.max);
  // A connection that is not its pool's only one was opened below the limit, beside at least one other.
  findings.atMost("limits", `${of}: surplus connections`, counts.surplus, Math.max(0, connections.max - 1));
}

/** Holds what hosts of a cluster count against its pools, of both priorities. */
export function auditHosts(
  findings: Findings,
  cluster: ProxyCluster,
  pools: readonly ConnectionPool[],
): void {
  for (const host of cluster.prioritySet.hosts) {
    const counts = countPools(poolsTo(host, pools));
    const of = `${cluster.name}, ${host.address}`;
    findings.equal("agreement", `${of}: active requests`, host.activeRequests, counts.requests);
    findings.equal("agreement", `${of}: active connections`, host.activeConnections, counts.connections);
  }
}

/** The limit of connections to one host, of the pools of one priority. */
export function auditHostLimits(
  findings: Findings,
  cluster: ProxyCluster,
  pools: readonly ConnectionPool[],
): void {
  for (const host of cluster.prioritySet.hosts) {
    const own = poolsTo(host, pools);
    if (own.length === 0) continue;
    const limit = Math.max(0, own[0]!.options.maxConnectionsPerHost - 1);
    const { surplus } = countPools(own);
    findings.atMost("limits", `${cluster.name}, ${host.address}: surplus connections`, surplus, limit);
  }
}

function poolsTo(host: Host, pools: readonly ConnectionPool[]): readonly ConnectionPool[] {
  return pools.filter((pool) => inside("pool", pool).host === host);
}

/** Whether the side that has accepted a connection still has it, or has closed it. */
export function isKnownToPeer(connection: Connection): boolean {
  const { acceptor } = connection;
  if (connection.isClosedByPeer) return true;
  if (acceptor instanceof Listener) return inside("listener", acceptor).connections.has(connection);
  return acceptor instanceof Instance && inside("instance", acceptor).connections.has(connection);
}

/** The states of a pool's connections, and that nobody waits in vain. */
export function auditPool(findings: Findings, pool: ConnectionPool): void {
  const { host, options, connections, pending } = inside("pool", pool);
  const { ready, connecting, others } = connections;
  const bad = (connection: PooledConnection, why: string) =>
    findings.add("agreement", `pool of ${host.address}: a connection is ${connection.state} ${why}`);
  for (const connection of ready) {
    const isFull =
      connection.activeStreams >= options.maxConcurrentStreams || connection.remainingStreams <= 0;
    if (connection.state !== "ready" || isFull) bad(connection, "and yet in the list of those with room");
  }
  for (const connection of connecting) {
    if (connection.state !== "connecting" || connection.activeStreams > 0 || connection.connectTimer === 0) {
      bad(connection, "in the list of those that connect");
    }
  }
  for (const connection of others) {
    const isBusy = connection.state === "busy" && connection.activeStreams === options.maxConcurrentStreams;
    const isDraining = connection.state === "draining" && connection.activeStreams > 0;
    if (!isBusy && !isDraining) bad(connection, `with ${connection.activeStreams} streams`);
  }
  for (const list of [ready, connecting, others]) {
    for (const connection of list) {
      if (connection.connection.isClosedByOwner) bad(connection, "and closed");
      if (list !== connecting && !isKnownToPeer(connection.connection))
        bad(connection, "and unknown to the other side");
      if (connection.connection.streams.length !== connection.activeStreams) {
        bad(connection, `with ${connection.activeStreams} streams, its network side with another number`);
      }
    }
  }
  if (pending.length > 0) {
    findings.expect(
      ready.length === 0,
      "agreement",
      () => `${host.address}: a stream waits beside a free connection`,
    );
    const size = connecting.length + others.size;
    findings.expect(size > 0, "agreement", () => `${host.address}: a stream waits for no connection`);
  }
}
