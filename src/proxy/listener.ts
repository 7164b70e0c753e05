import type { Nanoseconds } from "../kernel/time.ts";
import type { Closing, Connection } from "../network/connection.ts";
import type { Acceptor } from "../network/station.ts";
import type { TlsOptions } from "../network/tls.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { DownstreamConnection } from "./downstream-connection.ts";
import type { HttpConnectionManager } from "./http-connection-manager.ts";
import type { ListenerLimiter } from "./listener-limiter.ts";
import type { ListenerStats } from "./listener-stats.ts";

/** A listener of one process: deals new connections to workers and knows which are open. */
export class Listener implements Acceptor {
  readonly name: string;
  readonly tls: TlsOptions | undefined;
  /** By worker. */
  private readonly managers: readonly HttpConnectionManager[];
  private readonly limiter: ListenerLimiter;
  private readonly random: RandomStream;
  private readonly stats: ListenerStats;
  /** With the number of connection limit filters that count each. */
  private readonly connections = new Map<Connection, number>();
  private isDown = false;

  constructor(
    name: string,
    managers: readonly HttpConnectionManager[],
    random: RandomStream,
    stats: ListenerStats,
    tls: TlsOptions | undefined,
    limiter: ListenerLimiter,
  ) {
    this.name = name;
    this.tls = tls;
    this.limiter = limiter;
    this.managers = managers;
    this.random = random;
    this.stats = stats;
    for (const manager of managers)
      manager.closeConnection = (connection, closing) => this.close(connection, closing);
  }

  /** Closes a connection: `truncated` in the middle of an answer. */
  private close(connection: Connection, closing: Closing): void {
    this.closed(connection, "local");
    connection.closeByPeer(closing);
  }

  /** A connection goes to one worker, drawn uniformly, and stays there. */
  accept(connection: Connection): "accepted" | "refused" {
    if (this.isDown) return "refused";
    if (!this.limiter.take(this.stats)) {
      // The kernel has set it up before the process sees it.
      this.managers[0]!.simulator.after(0, closeSocket, connection);
      return "accepted";
    }
    const { managers } = this;
    const index = managers.length === 1 ? 0 : Math.trunc(this.random.uniform() * managers.length);
    const manager = managers[index]!;
    this.stats.opened(index);
    const downstream = manager.open(connection);
    connection.handler = downstream;
    const { filter, passed } = this.limiter.refusal();
    this.connections.set(connection, passed);
    if (filter !== undefined) downstream.refuse(filter.delay);
    return "accepted";
  }

  handshakeTime({ handler }: Connection): Nanoseconds {
    return (handler as DownstreamConnection).manager.worker.handshakes.add();
  }

  connectionClosed(connection: Connection): void {
    this.closed(connection, "remote");
  }

  private closed(connection: Connection, by: "local" | "remote"): void {
    const passed = this.connections.get(connection);
    if (passed === undefined) return;
    this.connections.delete(connection);
    this.limiter.release(passed);
    const downstream = connection.handler as DownstreamConnection;
    this.stats.closed(downstream.manager.worker.index);
    downstream.manager.closed(downstream, by);
  }

  /** The process dies: connections are reset and what is under way on them is lost. */
  goDown(): void {
    this.isDown = true;
    for (const connection of [...this.connections.keys()]) {
      for (const stream of [...connection.streams, ...connection.givenUp]) {
        if (stream.handling !== null) connection.handler.abandon(stream);
      }
      this.closed(connection, "local");
      connection.closeByPeer();
    }
  }

  comeUp(): void {
    this.isDown = false;
  }
}

function closeSocket(connection: Connection): void {
  connection.closeByPeer();
}
