import type { Protocol } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import type { Station } from "../network/station.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ClientStream } from "./client-stream.ts";
import { type ClientTls, helloOf } from "./client-tls.ts";

/** TCP's one round trip. */
const SETUP_ROUND_TRIPS = 1;
/** And two of a full TLS 1.2 handshake, as for connections of proxies. */
const TLS_ROUND_TRIPS = 3;

/**
 * The connections of one client. HTTP/1.1 connections are kept alive, the most recently freed is used first,
 * and there is no limit; a new one goes to the target's addresses in turn. HTTP/2: one connection for each
 * address, requests go to them in turn.
 */
export class ClientConnections {
  private readonly network: Network;
  private readonly station: Station;
  private readonly protocol: Protocol;
  /** `ip:port` of each replica or host of the target. */
  private readonly addresses: readonly string[];
  private readonly tls: ClientTls;
  private turn = 0;
  /** HTTP/1.1: free connections, the most recently freed last. */
  private readonly free: ClientConnection[] = [];
  /** HTTP/2: by index of the address. */
  private readonly shared: (ClientConnection | undefined)[] = [];

  constructor(
    network: Network,
    station: Station,
    protocol: Protocol,
    addresses: readonly string[],
    tls: ClientTls = "as-wanted",
  ) {
    this.network = network;
    this.station = station;
    this.protocol = protocol;
    this.addresses = addresses;
    this.tls = tls;
  }

  send(stream: ClientStream): void {
    const carrier =
      this.protocol === "http2"
        ? this.sharedConnection(stream)
        : (this.free.pop() ?? this.open(this.next(), stream));
    carrier.send(stream);
  }

  /** An exchange on it is over. */
  freed(connection: ClientConnection): void {
    if (this.protocol === "http1") this.free.push(connection);
  }

  closed(connection: ClientConnection): void {
    const pool: (ClientConnection | undefined)[] = this.protocol === "http1" ? this.free : this.shared;
    const index = pool.indexOf(connection);
    if (index < 0) return;
    if (this.protocol === "http1") pool.splice(index, 1);
    else pool[index] = undefined;
  }

  private sharedConnection(first: ClientStream): ClientConnection {
    const index = this.next();
    return (this.shared[index] ??= this.open(index, first));
  }

  private next(): number {
    return this.turn++ % this.addresses.length;
  }

  /** `first`: the request that it is opened for. */
  private open(index: number, first: ClientStream): ClientConnection {
    const { protocol, tls } = this;
    const carrier = new ClientConnection(this);
    const roundTrips = tls === null || tls === "as-wanted" ? SETUP_ROUND_TRIPS : TLS_ROUND_TRIPS;
    const connection = this.network.connect(
      carrier,
      protocol,
      this.station,
      this.addresses[index]!,
      roundTrips,
    );
    connection.hello = helloOf(tls, protocol, first.head.authority);
    carrier.open(connection);
    return carrier;
  }
}
