import type { Connection } from "../../src/network/connection.ts";
import type { Network } from "../../src/network/network.ts";
import { PooledConnection } from "../../src/proxy/connection-pool/pooled-connection.ts";
import type { Proxy } from "../../src/proxy/proxy.ts";
import type { UpstreamHost } from "../../src/proxy/worker-cluster.ts";
import type { Findings } from "./findings.ts";
import { inside } from "./inside.ts";

/** What each connection of a proxy's pools may carry, seen from the wire. */
export class ConnectionWatch {
  private readonly findings: Findings;
  private readonly carried = new WeakMap<PooledConnection, number>();
  private readonly drained = new WeakSet<PooledConnection>();

  constructor(findings: Findings, network: Network, proxies: readonly Proxy[]) {
    this.findings = findings;
    this.watchNetwork(network);
    for (const proxy of proxies) {
      for (const { workers } of inside("proxy", proxy).clusters) {
        for (const worker of workers) {
          for (const upstream of inside("workerCluster", worker).upstreams.values())
            this.watchDrain(upstream);
        }
      }
    }
  }

  private watchNetwork(network: Network): void {
    const { connect } = network;
    network.connect = (...args) => {
      const connection = connect.apply(network, args);
      const [owner] = args;
      if (owner instanceof PooledConnection) this.watchRequests(connection, owner);
      return connection;
    };
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
      for (const pool of Object.values(inside("upstream", upstream).pools)) {
        if (pool === null) continue;
        const { ready, others } = inside("pool", pool);
        for (const connection of [...ready, ...others]) this.drained.add(connection);
      }
      drainPools.call(upstream);
    };
  }
}
