import type { Protocol } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import type { Station } from "../network/station.ts";
import { TlsClient } from "../network/tls.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ClientStream } from "./client-stream.ts";

/** A client of today: TLS 1.3, and it resumes sessions with servers that are older. */
const CLIENT_TLS = { maxVersion: "1.3", resumes: true } as const;

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
  private turn = 0;
  /** By index of the address. */
  private readonly tls: readonly TlsClient[];
  /** HTTP/1.1: free connections, the most recently freed last. */
  private readonly free: ClientConnection[] = [];
  /** HTTP/2: by index of the address. */
  private readonly shared: (ClientConnection | undefined)[] = [];

  constructor(network: Network, station: Station, protocol: Protocol, addresses: readonly string[]) {
    this.network = network;
    this.station = station;
    this.protocol = protocol;
    this.addresses = addresses;
    this.tls = addresses.map(() => new TlsClient(CLIENT_TLS));
  }

  send(stream: ClientStream): void {
    const carrier =
      this.protocol === "http2" ? this.sharedConnection() : (this.free.pop() ?? this.open(this.next()));
    carrier.send(stream);
  }

  /** An exchange on it is over. */
  freed(connection: ClientConnection): void {
    if (this.protocol === "http1") this.free.push(connection);
  }

  connected({ index }: ClientConnection): void {
    this.tls[index]!.connected(this.addresses[index]!);
  }

  closed(connection: ClientConnection): void {
    const pool: (ClientConnection | undefined)[] = this.protocol === "http1" ? this.free : this.shared;
    const index = pool.indexOf(connection);
    if (index < 0) return;
    if (this.protocol === "http1") pool.splice(index, 1);
    else pool[index] = undefined;
  }

  private sharedConnection(): ClientConnection {
    const index = this.next();
    return (this.shared[index] ??= this.open(index));
  }

  private next(): number {
    return this.turn++ % this.addresses.length;
  }

  private open(index: number): ClientConnection {
    const address = this.addresses[index]!;
    const carrier = new ClientConnection(this, index);
    const server = this.network.tlsAt(address);
    const roundTrips = 1 + (server === undefined ? 0 : this.tls[index]!.roundTrips(address, server));
    carrier.open(this.network.connect(carrier, this.protocol, this.station, address, roundTrips));
    return carrier;
  }
}
