import { ResetReason } from "../../http/reset-reason.ts";
import { Fifo } from "../../kernel/fifo.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Connection } from "../../network/connection.ts";
import type { Stream } from "../../network/stream.ts";
import type { Breakers } from "../cluster/breakers.ts";
import type { ClusterStats } from "../cluster/cluster-stats.ts";
import type { Host } from "../cluster/host.ts";
import { ConnectionLists } from "./connection-lists.ts";
import type { PoolDeps, PoolOptions, PoolStream } from "./pool-options.ts";
import { PooledConnection } from "./pooled-connection.ts";
import { wantsConnection } from "./preconnect.ts";

export type { PoolDeps, PoolOptions, PoolStream } from "./pool-options.ts";

/** Envoy tries to open at most this many connections at one occasion. */
export const MAX_CREATIONS = 3;

/** Streams that wait, streams under way, and streams for which there is or will be room. */
export interface PoolLoad {
  pending: number;
  active: number;
  capacity: number;
}

/**
 * The HTTP connections of one worker to one host, by Envoy's rules: a stream takes the most recently freed
 * connection with room, otherwise it waits, first come first served, and connections are opened for those who
 * wait as far as the limits allow; a pool may always own one.
 *
 * Follows Envoy 1.40, source/common/conn_pool/conn_pool_base.cc.
 */
export class ConnectionPool {
  readonly options: PoolOptions;
  protected readonly host: Host;
  protected readonly deps: PoolDeps;
  protected readonly stats: ClusterStats;
  private readonly breakers: Breakers;
  protected readonly connections = new ConnectionLists();
  protected readonly pending = new Fifo<PoolStream>();
  protected activeStreams = 0;
  /** Told when it has no connections left, and nobody waits for one; null: nobody wants to know. */
  onIdle: (() => void) | null = null;

  constructor(host: Host, deps: PoolDeps) {
    this.host = host;
    this.deps = deps;
    this.options = deps.options;
    this.stats = deps.stats;
    this.breakers = deps.breakers;
  }

  // Streams

  /** Finds a connection for a stream, at once or later; or tells it that a limit is reached. */
  newStream(stream: PoolStream): void {
    const { front } = this.connections;
    if (front !== undefined) {
      this.attach(front, stream);
      if (this.pending.length > 0 || this.options.preconnectRatio > 1) this.createConnections();
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
    this.checkForIdle();
  }

  /** An exchange on a connection is over. */
  onStreamClosed(connection: PooledConnection): void {
    const { host, stats, breakers } = this;
    this.activeStreams--;
    connection.streamClosed();
    host.activeRequests--;
    stats.upstreamRqActive.value--;
    breakers.requests.decrement();
    if (connection.connection.isClosedByOwner) {
      connection.hasLostStreams = true;
      return;
    }
    if (connection.state === "busy") {
      this.connections.move(connection, "ready");
    } else if (connection.state === "draining" && connection.activeStreams === 0) {
      this.close(connection);
      // HTTP/1.1 looks for work after each answer that does not end the connection, HTTP/2 only if there is room.
      if (connection.isCloseNotified || this.options.protocol === "http2") return;
    } else {
      return;
    }
    if (this.pending.length > 0) this.servePending();
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
    if (this.options.protocol === "http2") this.countReset(reason);
    this.onStreamClosed(connection);
  }

  /** Envoy 1.40, MultiplexedActiveClientBase::onStreamReset; a refused stream counts nowhere. */
  private countReset(reason: ResetReason): void {
    const { stats } = this;
    if (reason === ResetReason.remoteReset) stats.upstreamRqRxReset.value++;
    else if (reason === ResetReason.protocolError) stats.upstreamRqTxReset.value++;
    else if (reason === ResetReason.connectionTermination) stats.upstreamRqPendingFailureEject.value++;
  }

  /** A stream has lasted longer than it may. */
  onMaxStreamDuration(): void {
    this.stats.upstreamRqMaxDurationReached.value++;
  }

  /** What came on a connection is not of its protocol. */
  onProtocolError(): void {
    this.stats.upstreamCxProtocolError.value++;
  }

  private attach(connection: PooledConnection, stream: PoolStream): void {
    const { host, stats, breakers } = this;
    // A TCP pool does not ask (Envoy 1.40, enforceMaxRequests).
    if (!breakers.requests.canCreate() && this.options.protocol !== "tcp") {
      stats.upstreamRqActiveOverflow.value++;
      this.overflow(stream, true);
      return;
    }
    this.activeStreams++;
    connection.streamOpened();
    if (connection.remainingStreams === 0) {
      stats.upstreamCxMaxRequests.value++;
      this.connections.move(connection, "draining");
    } else if (connection.activeStreams === this.options.maxConcurrentStreams) {
      this.connections.move(connection, "busy");
    }
    stats.upstreamRqTotal.value++;
    stats.upstreamRqActive.value++;
    breakers.requests.increment();
    host.activeRequests++;
    stream.onPoolReady(connection);
  }

  private servePending(): void {
    while (this.pending.length > 0) {
      const { front } = this.connections;
      if (front === undefined) break;
      const stream = this.pending.shift()!;
      this.pendingEnds();
      this.attach(front, stream);
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

  // Connections

  finishSetup(connection: Connection): Nanoseconds {
    return this.deps.finishSetup(connection);
  }

  onConnected(connection: PooledConnection): void {
    this.connections.move(connection, "ready");
    this.servePending();
  }

  onConnectTimeout(connection: PooledConnection): void {
    connection.connection.close();
    this.stats.upstreamCxConnectTimeout.value++;
    this.onConnectFailure(connection, ResetReason.connectionTimeout);
  }

  /** Whoever waits in the pool fails with the connection attempt, the newest first. */
  onConnectFailure(connection: PooledConnection, reason: ResetReason): void {
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
    this.onClosed(connection, reason === ResetReason.remoteConnectionFailure ? "remote" : "local");
    if (this.options.preconnectRatio > 1) this.createConnections();
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
    else this.checkForIdle();
  }

  /** The host wants no further streams on a connection: GOAWAY, or an answer with `connection: close`. */
  onCloseNotified(connection: PooledConnection): void {
    this.stats.upstreamCxCloseNotify.value++;
    connection.isCloseNotified = true;
    if (connection.state !== "draining") this.drainConnection(connection);
  }

  onIdleTimeout(connection: PooledConnection): void {
    this.stats.upstreamCxIdleTimeout.value++;
    this.close(connection);
  }

  onMaxDuration(connection: PooledConnection): void {
    if (connection.state === "draining") return;
    this.stats.upstreamCxMaxDurationReached.value++;
    this.drainConnection(connection);
  }

  /** The host has become unusable: idle connections close at once, others after their last stream. */
  drain(): void {
    const { ready, connecting, others } = this.connections;
    for (const connection of [...ready]) this.drainConnection(connection);
    for (const connection of others) connection.state = "draining";
    if (this.pending.length > 0) return;
    for (const connection of [...connecting]) {
      this.stats.upstreamCxConnectFail.value++;
      this.close(connection);
    }
  }

  /** A connection takes no streams any more. */
  private drainConnection(connection: PooledConnection): void {
    if (connection.activeStreams === 0) this.close(connection);
    else this.connections.move(connection, "draining");
  }

  addLoad(load: PoolLoad): void {
    load.pending += this.pending.length;
    load.active += this.activeStreams;
    load.capacity += this.connections.capacity;
  }

  /** Opens a connection for a stream that is foreseen, if this pool has too little room; tells whether it did. */
  preconnect(ratio: number): boolean {
    const { pending, connections, activeStreams } = this;
    const isWanted =
      this.host.coarseHealth === "healthy"
        ? wantsConnection(pending.length + 1, activeStreams, connections.capacity, ratio)
        : pending.length > connections.connectingCapacity;
    return isWanted && this.tryCreate();
  }

  private createConnections(): void {
    for (let i = 0; i < MAX_CREATIONS && this.needsConnection(); i++) if (!this.tryCreate()) return;
  }

  /** Whether limits allow a further connection; a pool may always own one, so that what waits in it is served some time. */
  private tryCreate(): boolean {
    const isAllowed =
      this.host.activeConnections < this.options.maxConnectionsPerHost &&
      this.breakers.connections.canCreate();
    if (!isAllowed) {
      this.stats.upstreamCxOverflow.value++;
      this.deps.onOverflow();
      if (this.connections.size > 0) return false;
    }
    this.createConnection();
    return isAllowed;
  }

  /** Whether more streams wait, or are foreseen, than its connections have room for. */
  private needsConnection(): boolean {
    const { pending, connections, activeStreams } = this;
    if (this.host.coarseHealth !== "healthy") return pending.length > connections.connectingCapacity;
    return wantsConnection(pending.length, activeStreams, connections.capacity, this.options.preconnectRatio);
  }

  private createConnection(): void {
    const { deps, stats } = this;
    const connection = this.makeConnection();
    this.connections.add(connection);
    this.breakers.connections.increment();
    this.host.activeConnections++;
    stats.upstreamCxTotal.value++;
    stats.upstreamCxActive.value++;
    const { protocol } = this.options;
    if (protocol === "http1") stats.upstreamCxHttp1Total.value++;
    else if (protocol === "http2") stats.upstreamCxHttp2Total.value++;
    connection.connection = deps.connect(connection, this.host);
  }

  protected makeConnection(): PooledConnection {
    return new PooledConnection(this, this.deps.simulator);
  }

  protected close(connection: PooledConnection): void {
    connection.connection.close();
    this.onClosed(connection, "local");
  }

  private checkForIdle(): void {
    if (this.onIdle !== null && this.connections.size === 0 && this.pending.length === 0) this.onIdle();
  }

  private forget(connection: PooledConnection): void {
    connection.stopTimers();
    this.connections.move(connection, "closed");
  }
}
