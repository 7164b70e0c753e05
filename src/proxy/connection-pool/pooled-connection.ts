import { ResetReason } from "../../http/reset-reason.ts";
import { IdleTimer } from "../../kernel/idle-timer.ts";
import type { Handle, Simulator } from "../../kernel/simulator.ts";
import type { Connection, ConnectionOwner } from "../../network/connection.ts";
import type { ConnectionPool } from "./connection-pool.ts";

/** Connecting, able to take streams, full, taking no new streams, or gone (Envoy: ActiveClient::State). */
export type ConnectionState = "connecting" | "ready" | "busy" | "draining" | "closed";

/** A connection to an upstream host, as its pool sees it. */
export class PooledConnection implements ConnectionOwner {
  readonly pool: ConnectionPool;
  connection!: Connection;
  state: ConnectionState = "connecting";
  activeStreams = 0;
  /** It broke while streams were active on it. */
  hasLostStreams = false;
  /** The host has said that it wants no further streams on it. */
  isCloseNotified = false;
  /** Streams that it may still carry in its life. */
  remainingStreams: number;
  connectTimer: Handle;
  private readonly simulator: Simulator;
  /** Null before it is connected, and without a limit. */
  private idleTimer: IdleTimer<PooledConnection> | null = null;
  private durationTimer: Handle = 0;

  /** Its time to connect begins. */
  constructor(pool: ConnectionPool, simulator: Simulator) {
    const { connectTimeout, maxRequestsPerConnection } = pool.options;
    this.pool = pool;
    this.simulator = simulator;
    this.remainingStreams = maxRequestsPerConnection;
    this.connectTimer = simulator.timeout(connectTimeout, connectTimedOut, this);
  }

  /** Streams that it could take now. */
  get unusedCapacity(): number {
    const concurrent = this.pool.options.maxConcurrentStreams - this.activeStreams;
    return Math.min(this.remainingStreams, concurrent);
  }

  onConnected(connection: Connection): void {
    const time = this.pool.finishSetup(connection);
    if (time === 0) this.beginUse();
    else this.simulator.after(time, handshakeDone, this);
  }

  beginUse(): void {
    const { simulator, pool } = this;
    if (this.state !== "connecting") return;
    const { idleTimeout, maxConnectionDuration } = pool.options;
    simulator.cancel(this.connectTimer);
    if (idleTimeout > 0) {
      this.idleTimer = new IdleTimer<PooledConnection>(simulator, idleTimeout, idleTooLong, this);
      this.idleTimer.rest();
    }
    if (maxConnectionDuration > 0) {
      this.durationTimer = simulator.timeout(maxConnectionDuration, durationReached, this);
    }
    pool.onConnected(this);
  }

  streamOpened(): void {
    this.activeStreams++;
    this.remainingStreams--;
    this.idleTimer?.work();
  }

  streamClosed(): void {
    if (--this.activeStreams === 0) this.idleTimer?.rest();
  }

  onConnectTimeout(): void {
    this.connectTimer = 0;
    this.pool.onConnectTimeout(this);
  }

  onConnectionRefused(): void {
    this.pool.onConnectFailure(this, ResetReason.remoteConnectionFailure);
  }

  onGoAway(): void {
    this.pool.onCloseNotified(this);
  }

  onConnectionClosed({ closing }: Connection): void {
    if (this.state === "connecting") {
      this.pool.onConnectFailure(this, ResetReason.remoteConnectionFailure);
      return;
    }
    if (closing === "truncated" || closing === "malformed") this.pool.onProtocolError();
    // Envoy itself closes a connection on which it cannot read on.
    this.pool.onClosed(this, closing === "malformed" ? "local" : "remote");
  }

  /** Nothing is waited for any longer, as far as it itself is concerned. */
  stopTimers(): void {
    this.simulator.cancel(this.connectTimer);
    this.simulator.cancel(this.durationTimer);
    this.idleTimer?.stop();
    this.idleTimer = null;
  }
}

function connectTimedOut(connection: PooledConnection): void {
  connection.onConnectTimeout();
}

function handshakeDone(connection: PooledConnection): void {
  connection.beginUse();
}

function idleTooLong(connection: PooledConnection): void {
  connection.pool.onIdleTimeout(connection);
}

function durationReached(connection: PooledConnection): void {
  connection.pool.onMaxDuration(connection);
}
