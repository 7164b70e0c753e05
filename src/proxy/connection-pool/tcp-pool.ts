import type { Request } from "../../http/request.ts";
import { ResetReason } from "../../http/reset-reason.ts";
import type { ClientHello } from "../../network/client-hello.ts";
import type { Closing, Protocol } from "../../network/connection.ts";
import { ConnectionPool } from "./connection-pool.ts";
import type { PoolStream } from "./pool-options.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { TcpConnection } from "./tcp-connection.ts";

/** Who takes a connection of a TCP pool over, and keeps it until it ends. */
export interface TcpUser extends PoolStream {
  /** What the connection carries. */
  readonly protocol: Protocol;
  /** The request that it is for; null: that is not known. */
  readonly request: Request | null;
  /** What the client says in TLS to whoever is behind the proxy; null: nothing. */
  readonly passedHello: ClientHello | null;
  /** The host has ended it; the pool knows. */
  onUpstreamClosed(closing: Closing): void;
  /** HTTP/2 inside: the host wants no further requests on it. */
  onUpstreamGoAway(): void;
}

/**
 * The TCP connections of one worker to one host: each is opened for one user, or ahead of users by the preconnect
 * ratio, and never used again (Envoy 1.40, source/common/tcp/conn_pool.cc).
 */
export class TcpPool extends ConnectionPool {
  /** What the newest user will send: a connection has it from its beginning, for what looks into its first bytes. */
  newestUser: TcpUser | null = null;

  newUser(user: TcpUser): void {
    this.newestUser = user;
    this.newStream(user);
  }

  /**
   * A user does not wait any longer: the newest attempt to connect ends with it, if nobody needs it. It does not count
   * as a failure to connect, as statistics of the real server show.
   */
  cancelUser(user: TcpUser): void {
    this.cancelPending(user);
    const newest = this.connections.connecting.at(-1);
    if (newest !== undefined && this.isExcess(newest)) this.close(newest);
  }

  /** Envoy 1.40, ConnPoolImpl::closeConnections: users lose theirs, and attempts to connect fail. */
  closeAll(): void {
    const { ready, others, connecting } = this.connections;
    for (const connection of [...ready]) this.close(connection);
    for (const connection of [...others] as TcpConnection[]) {
      const { user } = connection;
      connection.closeNow();
      user!.onUpstreamClosed("closed");
    }
    for (const connection of [...connecting]) {
      connection.connection.close();
      this.onConnectFailure(connection, ResetReason.localConnectionFailure);
    }
  }

  /** A user's connection has ended; its streams have been told. */
  ended(connection: PooledConnection, by: "local" | "remote"): void {
    this.onClosed(connection, by);
    this.onStreamClosed(connection);
  }

  protected override makeConnection(): TcpConnection {
    return new TcpConnection(this, this.deps.simulator);
  }

  /** Envoy 1.40, ConnPoolImplBase::connectingConnectionIsExcess. */
  private isExcess({ unusedCapacity }: PooledConnection): boolean {
    const { pending, activeStreams, connections } = this;
    const wanted = Math.fround((pending.length + activeStreams) * Math.fround(this.options.preconnectRatio));
    return wanted <= Math.fround(connections.connectingCapacity - unusedCapacity + activeStreams);
  }
}
