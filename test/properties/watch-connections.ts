import type { Connection, ConnectionOwner } from "../../src/network/connection.ts";
import type { Network } from "../../src/network/network.ts";
import { PooledConnection } from "../../src/proxy/connection-pool/pooled-connection.ts";
import type { Proxy } from "../../src/proxy/proxy.ts";
import type { UpstreamHost } from "../../src/proxy/worker-cluster.ts";
import type { Recorder } from "../../src/telemetry/recorder.ts";
import type { Findings } from "./findings.ts";
import { clustersOf, inside } from "./inside.ts";

/** What each connection of a proxy's pools may carry, seen from the wire. */
export class ConnectionWatch {
  private readonly findings: Findings;
  /** All that were opened, by anybody. */
  readonly all: Connection[] = [];
  private readonly carried = new WeakMap<PooledConnection, number>();
  private readonly drained = new WeakSet<PooledConnection>();

  constructor(findings: Findings, network: Network, recorder: Recorder, proxies: readonly Proxy[]) {
    this.findings = findings;
    this.watchNetwork(network);
    this.watchEjections(recorder, proxies);
    for (const proxy of proxies) for (const upstream of upstreamsOf(proxy)) this.watchDrain(upstream);
  }

  private readonly owners = new WeakSet<ConnectionOwner>();

  private watchNetwork(network: Network): void {
    const { connect } = network;
    network.connect = (...args) => {
      const connection = connect.apply(network, args);
      this.all.push(connection);
      const [owner] = args;
      // Health checks own one connection after the other.
      if (!this.owners.has(owner)) this.watchEnds(owner);
      this.owners.add(owner);
      if (owner instanceof PooledConnection) this.watchRequests(connection, owner);
      return connection;
    };
  }

  private watchEnds(owner: ConnectionOwner): void {
    for (const event of ["onConnectionRefused", "onConnectionClosed"] as const) {
      const original = owner[event];
      owner[event] = (connection) => {
        this.findings.expect(
          connection.isClosedByOwner,
          "drained",
          () => `${event}, and the connection is open`,
        );
        original.call(owner, connection);
      };
    }
  }

  private watchRequests(connection: Connection, owner: PooledConnection): void {
    const { send } = connection;
    const { maxRequestsPerConnection, maxConcurrentStreams } = owner.pool.options;
    connection.send = (stream) => {
      const carried = (this.carried.get(owner) ?? 0) + 1;
      this.carried.set(owner, carried);
      this.findings.atMost("limits", "requests in a connection's life", carried, maxRequestsPerConnection);
      const concurrent = connection.streams.length + 1;
      this.findings.atMost("limits", "streams on a connection", concurrent, maxConcurrentStreams);
      const isUsable = !this.drained.has(owner) && !connection.isClosedByOwner;
      this.findings.expect(
        isUsable,
        "agreement",
        () => "a connection that is draining or closed takes a stream",
      );
      send.call(connection, stream);
    };
  }

  /** From then on what the pools have is only used up. */
  private watchDrain(upstream: UpstreamHost): void {
    const { drainPools } = upstream;
    upstream.drainPools = () => {
      this.drain(upstream);
      drainPools.call(upstream);
    };
  }

  /** An ejection drains the pools of its host. */
  private watchEjections(recorder: Recorder, proxies: readonly Proxy[]): void {
    const { ejection } = recorder;
    recorder.ejection = (tally, proxyNumber, hostNumber, record, change) => {
      ejection.call(recorder, tally, proxyNumber, hostNumber, record, change);
      if (!record.enforced || record.action !== "EJECT") return;
      const proxy = proxies.find(({ deps }) => deps.station.number === proxyNumber)!;
      for (const upstream of upstreamsOf(proxy)) {
        if (upstream.host.address === record.host) this.drain(upstream);
      }
    };
  }

  private drain(upstream: UpstreamHost): void {
    const { defaultPool, highPool } = inside("upstream", upstream);
    for (const pool of [defaultPool, highPool]) {
      if (pool === null) continue;
      const { ready, others } = inside("pool", pool).connections;
      for (const connection of [...ready, ...others]) this.drained.add(connection);
    }
  }
}

function upstreamsOf(proxy: Proxy): UpstreamHost[] {
  const workers = clustersOf(proxy).flatMap((cluster) => cluster.workers);
  return workers.flatMap((worker) => [...inside("workerCluster", worker).upstreams.values()]);
}
