import type { ConnectionState, PooledConnection } from "./pooled-connection.ts";

/** The connections of a pool by their state (Envoy 1.40: the lists of `ActiveClient`s in ConnPoolImplBase). */
export class ConnectionLists {
  /** Connections with room; the next stream goes to the last of the list. */
  readonly ready: PooledConnection[] = [];
  readonly connecting: PooledConnection[] = [];
  /** Busy and draining connections. */
  readonly others = new Set<PooledConnection>();

  get size(): number {
    return this.ready.length + this.connecting.length + this.others.size;
  }

  /** Streams that the connections being set up will take. */
  get connectingCapacity(): number {
    return capacityOf(this.connecting);
  }

  /** Streams that could be sent once all connections are set up; busy and draining ones take none. */
  get capacity(): number {
    return capacityOf(this.connecting) + capacityOf(this.ready);
  }

  /** The connection for the next stream; undefined while none has room. */
  get front(): PooledConnection | undefined {
    return this.ready[this.ready.length - 1];
  }

  add(connection: PooledConnection): void {
    this.connecting.push(connection);
  }

  /** Takes a connection over into another state; a closed one is forgotten. */
  move(connection: PooledConnection, state: ConnectionState): void {
    this.remove(connection);
    connection.state = state;
    if (state === "ready") this.ready.push(connection);
    else if (state !== "closed") this.others.add(connection);
  }

  private remove(connection: PooledConnection): void {
    const { state } = connection;
    if (state === "ready") removeFrom(this.ready, connection);
    else if (state === "connecting") removeFrom(this.connecting, connection);
    else this.others.delete(connection);
  }
}

function removeFrom(list: PooledConnection[], connection: PooledConnection): void {
  const last = list.length - 1;
  // Streams are taken by the last ready connection only, so that it is nearly always the one that leaves.
  if (list[last] === connection) list.pop();
  else list.splice(list.indexOf(connection), 1);
}

/** HTTP/1.1 connections take one stream each. */
function capacityOf(connections: readonly PooledConnection[]): number {
  if (connections.length === 0) return 0;
  if (connections[0]!.pool.options.maxConcurrentStreams === 1) return connections.length;
  return connections.reduce((sum, { unusedCapacity }) => sum + unusedCapacity, 0);
}
