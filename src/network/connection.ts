import type { Request } from "../http/request.ts";
import { ResetReason } from "../http/reset-reason.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { ClientHello } from "./client-hello.ts";
import type { Network } from "./network.ts";
import type { Path } from "./path.ts";
import type { Acceptor } from "./station.ts";
import type { RequestHandler, Stream } from "./stream.ts";
import type { TlsClient, TlsOptions } from "./tls.ts";
import type { Transmission } from "./transmission.ts";

export type HttpProtocol = "http1" | "http2";

/** `tcp`: bytes of whatever protocol, one exchange a connection. */
export type Protocol = HttpProtocol | "tcp";

/**
 * How the receiving side ends a connection: it closes it (FIN); it resets it (RST); it closes it in the middle of
 * an answer; or it sends what is no answer of the protocol, whereupon the side that opened it closes it.
 */
export type Closing = "closed" | "reset" | "truncated" | "malformed";

/** Linux's default `ip_local_port_range`: 32768 to 60999. */
const FIRST_EPHEMERAL_PORT = 32768;
const EPHEMERAL_PORTS = 28232;

/** The side that opened a connection and sends requests on it: a client or a proxy's pool. */
export interface ConnectionOwner {
  onConnected(connection: Connection): void;
  onConnectionRefused(connection: Connection): void;
  /** HTTP/2: the other side wants no further requests on it, and will close it (GOAWAY). */
  onGoAway(connection: Connection): void;
  /** The other side has ended it, as `connection.closing` says; its streams have been told. */
  onConnectionClosed(connection: Connection): void;
}

/** The messages of one direction of a connection arrive in the order in which they were sent. */
export class Direction {
  readonly path: Path;
  /** When the last message sent so far arrives. */
  lastArrival: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** While a lost message waits for its retransmission: what was sent behind it. */
  blocked: Transmission[] | null = null;

  constructor(path: Path) {
    this.path = path;
  }
}

/**
 * A connection between two stations. Its owner sends requests, its handler answers them; either side may close
 * it, and the other side learns of it one latency later.
 */
export class Connection {
  readonly owner: ConnectionOwner;
  /** A proxy that passes bytes on may lend a connection that it has in stock to any. */
  protocol: Protocol;
  readonly out: Direction;
  readonly back: Direction;
  /** Null where nobody listens. */
  readonly acceptor: Acceptor | null;
  /** Who answers on it, from the moment it is accepted. */
  handler!: RequestHandler;
  /** Exchanges whose sender still waits. */
  readonly streams: Stream[] = [];
  /** Exchanges that the sender has given up, until the receiver hears of it. */
  readonly givenUp: Stream[] = [];
  /** Set by its owner when it opens the connection; null: it speaks plain text. */
  hello: ClientHello | null = null;
  /** The request that it is opened for, as far as its owner knows; null: it does not. */
  cause: Request | null = null;
  /**
   * The PROXY header (version 1, without its line end) that its owner begins with; null: none; undefined: whatever the
   * other side wants, and nothing that it does not know.
   */
  proxyHeader: string | null | undefined = undefined;
  /** Whom it is really from and to, as `ip:port`, where its acceptor has found that out. */
  restored: { readonly source: string; readonly target: string } | null = null;
  isClosedByOwner = false;
  /** Its owner sends nothing more, and waits for the other side to close it. */
  isHalfClosed = false;
  isClosedByPeer = false;
  /** Meaningful once it is closed by the peer. */
  closing: Closing = "closed";
  /** Round trips until it is set up: TCP's one, and those of TLS. */
  roundTripsLeft = 1;
  private isGoAwayUnread = false;
  readonly network: Network;
  /** The `ip:port` that it was opened to. */
  readonly target: string;
  /** Which connection of the network it is, counted from 1. */
  readonly number: number;

  constructor(
    network: Network,
    owner: ConnectionOwner,
    protocol: Protocol,
    out: Path,
    back: Path,
    acceptor: Acceptor | null,
    target: string,
    number: number,
  ) {
    this.network = network;
    this.owner = owner;
    this.protocol = protocol;
    this.out = new Direction(out);
    this.back = new Direction(back);
    this.acceptor = acceptor;
    this.target = target;
    this.number = number;
  }

  /**
   * Its owner speaks TLS on it. `otherwise`: what the other side is ready for where it says nothing of that;
   * undefined: plain text will do there.
   */
  startTls(client: TlsClient, otherwise: TlsOptions | undefined): void {
    const server = this.acceptor?.tlsFor?.(this) ?? otherwise;
    if (server !== undefined) this.roundTripsLeft += client.roundTrips(this.target, server);
  }

  /** Where it comes from: the address of its owner's station with a port of the range that Linux deals out. */
  get source(): string {
    const { address } = this.out.path.from;
    return `${address}:${FIRST_EPHEMERAL_PORT + (this.number % EPHEMERAL_PORTS)}`;
  }

  /** Sends a request; the answer comes to `stream.onResponse` or `stream.onReset`. */
  send(stream: Stream): void {
    stream.connection = this;
    stream.indexInConnection = this.streams.length;
    this.streams.push(stream);
    stream.visit = stream.request.visit(this.out.path.to.place);
    this.network.sendRequest(stream, this.out);
  }

  /** The sender gives an exchange up: HTTP/2 resets the stream, other protocols close the connection. */
  reset(stream: Stream): void {
    this.giveUp(stream);
    if (this.protocol !== "http2") this.close();
  }

  /** The sender waits for an exchange no longer; without HTTP/2 it must close the connection as well. */
  giveUp(stream: Stream): void {
    this.release(stream);
    this.givenUp.push(stream);
    this.network.sendReset(stream, this.out);
  }

  /** The receiver hears that an exchange was given up. */
  onReset(stream: Stream): void {
    this.givenUp.splice(this.givenUp.indexOf(stream), 1);
    if (stream.handling !== null && !this.isClosedByPeer) this.handler.abandon(stream);
  }

  /** The owner closes the connection. */
  close(): void {
    if (this.isClosedByOwner) return;
    this.isClosedByOwner = true;
    this.network.sendClose(this);
  }

  /** The owner has nothing more to send; the other side answers with its close, of which the owner is told. */
  endData(): void {
    if (this.isClosedByOwner || this.isHalfClosed) return;
    this.isHalfClosed = true;
    this.network.sendClose(this);
  }

  /** The receiver answers; status, headers and body size stand in the stream. */
  respond(stream: Stream): void {
    stream.handling = null;
    if (!this.isClosedByPeer) this.network.sendResponse(stream, this.back);
  }

  /** The receiver gives an exchange up without its answer, or with half of it: HTTP/2 alone can do so. */
  resetByPeer(stream: Stream, reason: ResetReason): void {
    stream.handling = null;
    if (!this.isClosedByPeer) this.network.sendPeerReset(stream, reason, this.back);
  }

  /** The receiver asks for no further requests; those under way are answered. HTTP/2 alone can do so. */
  goAway(): void {
    if (!this.isClosedByPeer) this.network.sendGoAway(this);
  }

  /** The receiver's wish has arrived at the owner, who can read it once the connection is set up. */
  onGoAway(): void {
    if (this.roundTripsLeft > 0) this.isGoAwayUnread = true;
    else if (!this.isClosedByOwner) this.owner.onGoAway(this);
  }

  onSetUp(): void {
    this.owner.onConnected(this);
    if (this.isGoAwayUnread) this.onGoAway();
  }

  /** The receiver ends the connection: what is still under way to it is lost. */
  closeByPeer(closing: Closing = "closed"): void {
    if (this.isClosedByPeer) return;
    this.isClosedByPeer = true;
    this.closing = closing;
    this.network.sendPeerClose(this);
  }

  /** The receiver's close has arrived at the owner. */
  onPeerClose(): void {
    if (this.isClosedByOwner) return;
    this.isClosedByOwner = true;
    for (const stream of this.streams.splice(0)) {
      stream.indexInConnection = -1;
      stream.ended = true;
      stream.onReset(
        this.closing === "closed" || this.closing === "reset"
          ? ResetReason.connectionTermination
          : ResetReason.protocolError,
      );
    }
    this.owner.onConnectionClosed(this);
  }

  /** The exchange is over for its sender. */
  release(stream: Stream): void {
    stream.ended = true;
    const index = stream.indexInConnection;
    if (index < 0) return;
    stream.indexInConnection = -1;
    const last = this.streams.pop()!;
    if (last === stream) return;
    this.streams[index] = last;
    last.indexInConnection = index;
  }
}
