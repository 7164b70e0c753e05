import { ResetReason } from "../../http/reset-reason.ts";
import type { Handle } from "../../kernel/simulator.ts";
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
  /** Streams that it may still carry in its life. */
  remainingStreams: number;
  connectTimer: Handle = 0;

  constructor(pool: ConnectionPool, remainingStreams: number) {
    this.pool = pool;
    this.remainingStreams = remainingStreams;
  }

  /** Streams that it could take now. */
  get unusedCapacity(): number {
    const concurrent = this.pool.options.maxConcurrentStreams - this.activeStreams;
    return Math.min(this.remainingStreams, concurrent);
  }

  onConnected(): void {
    this.pool.onConnected(this);
  }

  onConnectionRefused(): void {
    this.pool.onConnectFailure(this, ResetReason.remoteConnectionFailure);
  }

  onConnectionClosed({ closing }: Connection): void {
    if (this.state === "connecting") {
      this.pool.onConnectFailure(this, ResetReason.remoteConnectionFailure);
      return;
    }
    if (closing !== "closed") this.pool.onProtocolError();
    // Envoy itself closes a connection on which it cannot read on.
    this.pool.onClosed(this, closing === "malformed" ? "local" : "remote");
  }
}
