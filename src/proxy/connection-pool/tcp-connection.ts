import type { Simulator } from "../../kernel/simulator.ts";
import type { Connection } from "../../network/connection.ts";
import { PooledConnection } from "./pooled-connection.ts";
import type { TcpPool, TcpUser } from "./tcp-pool.ts";

/** A connection to an upstream host that one user takes over (Envoy 1.40, ActiveTcpClient). */
export class TcpConnection extends PooledConnection {
  /** Null: nobody has taken it yet. */
  user: TcpUser | null = null;
  private readonly tcpPool: TcpPool;

  constructor(pool: TcpPool, simulator: Simulator) {
    super(pool, simulator);
    this.tcpPool = pool;
  }

  override onGoAway(): void {
    this.user?.onUpstreamGoAway();
  }

  /** Closes it from this side, with all that is under way on it. */
  closeNow(): void {
    this.user = null;
    const { connection } = this;
    for (const stream of [...connection.streams]) connection.giveUp(stream);
    connection.close();
    this.tcpPool.ended(this, "local");
  }

  override onConnectionClosed(connection: Connection): void {
    const { user } = this;
    if (user === null) {
      super.onConnectionClosed(connection);
      return;
    }
    this.user = null;
    this.tcpPool.ended(this, this.endsByHost(connection) ? "remote" : "local");
    user.onUpstreamClosed(connection.closing);
  }

  /** Of two sides that close one after the other, the second ends a connection: Envoy, unless it was the first. */
  private endsByHost({ isHalfClosed, closing }: Connection): boolean {
    return isHalfClosed || closing === "reset";
  }
}
