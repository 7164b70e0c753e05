import type { Connection } from "../network/connection.ts";
import type { RequestHandler, Stream } from "../network/stream.ts";

/**
 * Connections that the kernel has set up and that nobody accepts for now: what comes on them waits. The kernel's
 * limit on their number is not simulated.
 */
export class AcceptBacklog implements RequestHandler {
  private readonly waiting = new Map<Connection, Stream[]>();

  hold(connection: Connection): void {
    connection.handler = this;
    this.waiting.set(connection, []);
  }

  handle(stream: Stream): void {
    stream.handling = this;
    this.waiting.get(stream.connection!)!.push(stream);
  }

  abandon(stream: Stream): void {
    const streams = this.waiting.get(stream.connection!);
    streams?.splice(streams.indexOf(stream), 1);
  }

  /** False: it was not one of them. */
  forget(connection: Connection): boolean {
    return this.waiting.delete(connection);
  }

  /** All of them in their order, each with what has come on it; it is empty afterwards. */
  release(): (readonly [connection: Connection, streams: readonly Stream[]])[] {
    const all = [...this.waiting];
    this.waiting.clear();
    for (const [, streams] of all) for (const stream of streams) stream.handling = null;
    return all;
  }
}
