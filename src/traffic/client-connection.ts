import type { Connection, ConnectionOwner } from "../network/connection.ts";
import { Outcome } from "../telemetry/outcome.ts";
import type { ClientConnections } from "./client-connections.ts";
import type { ClientExchange } from "./client-exchange.ts";

/** A client's connection, with the requests that wait until it is set up. */
export class ClientConnection implements ConnectionOwner {
  private readonly pool: ClientConnections;
  private readonly waiting: ClientExchange[] = [];
  private connection!: Connection;
  private isConnected = false;
  /** The other side wants no further requests on it. */
  private isLeaving = false;

  /** Of the address that it goes to. */
  readonly index: number;

  constructor(pool: ClientConnections, index: number) {
    this.pool = pool;
    this.index = index;
  }

  open(connection: Connection): void {
    this.connection = connection;
  }

  send(stream: ClientExchange): void {
    stream.carrier = this;
    if (this.isConnected) this.connection.send(stream);
    else this.waiting.push(stream);
  }

  finished(stream: ClientExchange): void {
    this.connection.release(stream);
    if (stream.closesConnection || this.isLeaving || this.connection.protocol === "tcp") this.leave();
    else this.pool.freed(this);
  }

  /** The client does not wait any longer for this request. */
  giveUp(stream: ClientExchange): void {
    if (this.isConnected) {
      this.connection.reset(stream);
    } else {
      stream.ended = true;
      this.waiting.splice(this.waiting.indexOf(stream), 1);
      if (this.connection.protocol !== "http2") this.connection.close();
    }
    if (this.isLeaving) this.leave();
  }

  onConnected(): void {
    this.isConnected = true;
    this.pool.connected(this);
    for (const stream of this.waiting.splice(0)) this.connection.send(stream);
  }

  onGoAway(): void {
    this.pool.closed(this);
    this.leave();
  }

  onConnectionRefused(): void {
    this.fail();
  }

  onConnectionClosed(): void {
    this.fail();
  }

  /** Nothing is sent on it any more; it is closed once its exchanges are over. */
  private leave(): void {
    this.isLeaving = true;
    if (this.connection.streams.length === 0) this.connection.close();
  }

  private fail(): void {
    this.pool.closed(this);
    for (const stream of this.waiting.splice(0)) {
      stream.ended = true;
      stream.over(Outcome.lost);
    }
  }
}
