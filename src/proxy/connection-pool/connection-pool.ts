import { ResetReason } from "../../http/reset-reason.ts";
import { Fifo } from "../../kernel/fifo.ts";
import type { Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Connection, Protocol } from "../../network/connection.ts";
import type { Stream } from "../../network/stream.ts";
import type { Breakers } from "../cluster/breakers.ts";
import type { ClusterStats } from "../cluster/cluster-stats.ts";
import type { Host } from "../cluster/host.ts";
import { PooledConnection } from "./pooled-connection.ts";

/** A stream that needs a connection: an attempt of the router. */
export interface PoolStream extends Stream {
  /** A connection has been found for it; it may be sent now. */
  onPoolReady(connection: PooledConnection): void;
  /** `hasConnection`: there was one, but a limit refuses the stream. */
  onPoolFailure(reason: ResetReason, hasConnection: boolean): void;
}

export interface PoolOptions {
  readonly protocol: Protocol;
  readonly connectTimeout: Nanoseconds;
  /** Streams at once on one connection: 1 for HTTP/1.1. */
  readonly maxConcurrentStreams: number;
  /** Streams in the life of one connection; Infinity: unlimited. */
  readonly maxRequestsPerConnection: number;
  /** Connections to one host; Infinity: unlimited. */
  readonly maxConnectionsPerHost: number;
}

/** What a pool needs of the proxy around it. */
export interface PoolDeps {
  readonly simulator: Simulator;
  readonly options: PoolOptions;
  readonly stats: ClusterStats;
  readonly breakers: Breakers;
  /** Opens a connection to the host for this owner. */
  connect(owner: PooledConnection, host: Host): Connection;
  /** Told when a circuit breaker refuses something. */
  onOverflow(): void;
}

/** Envoy tries to open at most this many connections at one occasion. */
const MAX_CREATIONS = 3;

/**
 * The HTTP connections of one worker to one host, by Envoy's rules: a stream takes the most recently freed
 * connection with room, otherwise it waits, first come first served, and connections are opened for those who
 * wait as far as the limits allow; a pool may always own one.
 *
 * Follows Envoy 1.40, source/common/conn_pool/conn_pool_base.cc, without preconnect.
 */
export class ConnectionPool {
  readonly options: PoolOptions;
  private readonly host: Host;
  private readonly deps: PoolDeps;
  private readonly stats: ClusterStats;
  private readonly breakers: Breakers;
  /** Connections with room; the next stream goes to the last of the list. */
  private readonly ready: PooledConnection[] = [];
  private readonly connecting: PooledConnection[] = [];
  /** Busy and draining connections. */
  private readonly others = new Set<PooledConnection>();
  private readonly pending = new Fifo<PoolStream>();

  constructor(host: Host, deps: PoolDeps) {
    this.host = host;
    this.deps = deps;
    this.options = deps.options;
    this.stats = deps.stats;
    this.breakers = deps.breakers;
  }

  /** Finds a connection for a stream, at once or later; or tells it that a limit is reached. */
  newStream(stream: PoolStream): void {
    const front = this.ready[this.ready.length - 1];
    if (front !== undefined) {
      this.attach(front, stream);
      if (this.pending.length > 0) this.createConnections();
    } else if (!this.breakers.pendingRequests.canCreate()) {
      this.stats.upstreamRqPendingOverflow.value++;
      this.overflow(stream, false);
    } else {
      this.stats.upstreamRqPendingTotal.value++;
      this.stats.upstreamRqPendingActive.value++;
      this.breakers.pendingRequests.increment();
      this.pending.push(stream);
      this.createConnections();
    }
  }

  /** A stream does not wait any longer for a connection; the connection that was opened for it stays. */
  cancelPending(stream: PoolStream): void {
    if (!this.pending.delete(stream)) return;
    this.pendingEnds();
    this.stats.upstreamRqCancelled.value++;
  }

  /** An exchange on a connection is over. */
  onStreamClosed(connection: PooledConnection): void {
    const { host, stats, breakers } = this;
    connection.activeStreams--;
    host.activeRequests--;
    stats.upstreamRqActive.value--;
    breakers.requests.decrement();
    if (connection.connection.isClosedByOwner) {
      connection.hasLostStreams = true;
      return;
    }
    if (connection.state === "busy") {
      this.others.delete(connection);
      connection.state = "ready";
      this.ready.push(connection);
    } else if (connection.state === "draining" && connection.activeStreams === 0) {
      this.close(connection);
    }
    if (this.pending.length > 0) this.servePending();
  }

  /** The host says that an answer is the last one on its connection. */
  onCloseNotified(connection: PooledConnection): void {
    this.stats.upstreamCxCloseNotify.value++;
    connection.state = "draining";
  }

  /** The proxy gives up an exchange: HTTP/2 resets its stream, HTTP/1.1 loses the connection. */
  resetStream(connection: PooledConnection, stream: Stream): void {
    connection.connection.reset(stream);
    if (this.options.protocol === "http2") this.stats.upstreamRqTxReset.value++;
    else this.onClosed(connection, "local");
    this.onStreamClosed(connection);
  }

  /** The host has reset an exchange. */
  onPeerReset(connection: PooledConnection, reason: ResetReason): void {
    // A refused stream counts as neither (Envoy 1.40, onStreamReset in source/common/http/conn_pool_base.cc).
    if (reason === ResetReason.remoteReset) this.stats.upstreamRqRxReset.value++;
    else if (reason === ResetReason.protocolError && this.options.protocol === "http2")
      this.stats.upstreamRqTxReset.value++;
    this.onStreamClosed(connection);
  }

  /** What came on a connection is not of its protocol. */
  onProtocolError(): void {
    this.stats.upstreamCxProtocolError.value++;
  }

  onConnected(connection: PooledConnection): void {
    this.deps.simulator.cancel(connection.connectTimer);
    this.connecting.splice(this.connecting.indexOf(connection), 1);
    connection.state = "ready";
    this.ready.push(connection);
    this.servePending();
  }

  onConnectTimeout(connection: PooledConnection): void {
    connection.connection.close();
    this.stats.upstreamCxConnectTimeout.value++;
    this.onConnectFailure(connection, ResetReason.connectionTimeout);
  }

  /** Whoever waits in the pool fails with the connection attempt, the newest first. */
  onConnectFailure(connection: PooledConnection, reason: ResetReason): void {
    this.deps.simulator.cancel(connection.connectTimer);
    this.stats.upstreamCxConnectFail.value++;
    this.forget(connection);
    const failed: PoolStream[] = [];
    for (let stream = this.pending.shift(); stream !== undefined; stream = this.pending.shift())
      failed.push(stream);
    for (const stream of failed.reverse()) {
      this.stats.upstreamRqPendingFailureEject.value++;
      // Where its retry is decided it still counts as pending: a retry budget depends on that.
      stream.onPoolFailure(reason, false);
      this.pendingEnds();
    }
    this.onClosed(connection, reason === ResetReason.connectionTimeout ? "local" : "remote");
  }

  /** A connection is gone; streams on it have been told, or are about to be. */
  onClosed(connection: PooledConnection, by: "local" | "remote"): void {
    const { stats } = this;
    this.forget(connection);
    stats.upstreamCxActive.value--;
    this.breakers.connections.decrement();
    this.host.activeConnections--;
    stats.upstreamCxDestroy.value++;
    (by === "local" ? stats.upstreamCxDestroyLocal : stats.upstreamCxDestroyRemote).value++;
    if (connection.activeStreams > 0 || connection.hasLostStreams) {
      stats.upstreamCxDestroyWithActiveRq.value++;
      (by === "local" ? stats.upstreamCxDestroyLocalWithActiveRq : stats.upstreamCxDestroyRemoteWithActiveRq)
        .value++;
    }
    if (this.pending.length > 0) this.createConnections();
  }

  /** The host has become unusable: idle connections close at once, others after their last stream. */
  drain(): void {
    for (const connection of this.ready.splice(0)) {
      if (connection.activeStreams === 0) {
        this.close(connection);
      } else {
        connection.state = "draining";
        this.others.add(connection);
      }
    }
    for (const connection of this.others) connection.state = "draining";
    if (this.pending.length === 0) for (const connection of [...this.connecting]) this.close(connection);
  }

  private attach(connection: PooledConnection, stream: PoolStream): void {
    const { host, stats, breakers } = this;
    if (!breakers.requests.canCreate()) {
      stats.upstreamRqActiveOverflow.value++;
      this.overflow(stream, true);
      return;
    }
    connection.activeStreams++;
    connection.remainingStreams--;
    if (connection.remainingStreams === 0) {
      stats.upstreamCxMaxRequests.value++;
      this.leaveReady(connection, "draining");
    } else if (connection.activeStreams === this.options.maxConcurrentStreams) {
      this.leaveReady(connection, "busy");
    }
    stats.upstreamRqTotal.value++;
    stats.upstreamRqActive.value++;
    breakers.requests.increment();
    host.activeRequests++;
    stream.onPoolReady(connection);
  }

  /** Streams are taken by the last ready connection only, so that is the one which fills up. */
  private leaveReady(connection: PooledConnection, state: "busy" | "draining"): void {
    this.ready.pop();
    connection.state = state;
    this.others.add(connection);
  }

  private servePending(): void {
    while (this.pending.length > 0 && this.ready.length > 0) {
      const stream = this.pending.shift()!;
      this.pendingEnds();
      this.attach(this.ready[this.ready.length - 1]!, stream);
    }
    if (this.pending.length > 0) this.createConnections();
  }

  private pendingEnds(): void {
    this.stats.upstreamRqPendingActive.value--;
    this.breakers.pendingRequests.decrement();
  }

  private overflow(stream: PoolStream, hasConnection: boolean): void {
    this.deps.onOverflow();
    stream.onPoolFailure(ResetReason.overflow, hasConnection);
  }

  private createConnections(): void {
    for (let i = 0; i < MAX_CREATIONS && this.needsConnection(); i++) {
      const isAllowed =
        this.host.activeConnections < this.options.maxConnectionsPerHost &&
        this.breakers.connections.canCreate();
      if (!isAllowed) {
        this.stats.upstreamCxOverflow.value++;
        this.deps.onOverflow();
        if (this.size > 0) return;
      }
      this.createConnection();
    }
  }

  /** Whether more streams wait than the connections that are being opened will take. */
  private needsConnection(): boolean {
    let unused = 0;
    for (const connection of this.connecting) unused += connection.unusedCapacity;
    for (const connection of this.ready) unused += connection.unusedCapacity;
    return this.pending.length > unused;
  }

  private get size(): number {
    return this.ready.length + this.connecting.length + this.others.size;
  }

  private createConnection(): void {
    const { deps, stats, options } = this;
    const connection = new PooledConnection(this, options.maxRequestsPerConnection);
    this.connecting.push(connection);
    this.breakers.connections.increment();
    this.host.activeConnections++;
    stats.upstreamCxTotal.value++;
    stats.upstreamCxActive.value++;
    (options.protocol === "http2" ? stats.upstreamCxHttp2Total : stats.upstreamCxHttp1Total).value++;
    connection.connectTimer = deps.simulator.timeout(options.connectTimeout, connectTimedOut, connection);
    connection.connection = deps.connect(connection, this.host);
  }

  private close(connection: PooledConnection): void {
    this.deps.simulator.cancel(connection.connectTimer);
    connection.connection.close();
    this.onClosed(connection, "local");
  }

  private forget(connection: PooledConnection): void {
    connection.state = "closed";
    this.others.delete(connection);
    for (const list of [this.ready, this.connecting]) {
      const index = list.indexOf(connection);
      if (index >= 0) list.splice(index, 1);
    }
  }
}

function connectTimedOut(connection: PooledConnection): void {
  connection.connectTimer = 0;
  connection.pool.onConnectTimeout(connection);
}
