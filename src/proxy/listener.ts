import type { Connection } from "../network/connection.ts";
import type { Acceptor } from "../network/station.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { HttpConnectionManager } from "./http-connection-manager.ts";

/** A listener of one process: deals new connections to workers and knows which are open. */
export class Listener implements Acceptor {
  readonly name: string;
  /** By worker. */
  private readonly managers: readonly HttpConnectionManager[];
  private readonly random: RandomStream;
  private readonly connections = new Set<Connection>();
  private isDown = false;

  constructor(name: string, managers: readonly HttpConnectionManager[], random: RandomStream) {
    this.name = name;
    this.managers = managers;
    this.random = random;
  }

  /** A connection goes to one worker, drawn uniformly, and stays there. */
  accept(connection: Connection): "accepted" | "refused" {
    if (this.isDown) return "refused";
    const { managers } = this;
    const index = managers.length === 1 ? 0 : Math.trunc(this.random.uniform() * managers.length);
    const manager = managers[index]!;
    connection.handler = manager;
    manager.connectionOpened();
    this.connections.add(connection);
    return "accepted";
  }

  connectionClosed(connection: Connection): void {
    if (this.connections.delete(connection)) (connection.handler as HttpConnectionManager).connectionClosed();
  }

  /** The process dies: connections are reset and what is under way on them is lost. */
  goDown(): void {
    this.isDown = true;
    for (const connection of [...this.connections]) {
      for (const stream of connection.streams) {
        if (stream.handling !== null) connection.handler.abandon(stream);
      }
      this.connectionClosed(connection);
      connection.closeByPeer();
    }
  }

  comeUp(): void {
    this.isDown = false;
  }
}
