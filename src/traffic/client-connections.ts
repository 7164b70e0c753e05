import type { Protocol } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import type { Station } from "../network/station.ts";
import { ANY_TLS, TlsClient } from "../network/tls.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ClientExchange } from "./client-exchange.ts";
import { type ClientTls, helloOf } from "./client-tls.ts";
import type { Sender } from "./sender.ts";

/** A client of today: TLS 1.3, and it resumes sessions with servers that are older. */
const CLIENT_TLS = { maxVersion: "1.3", resumes: true } as const;

/**
 * The connections of one client. HTTP/1.1 connections are kept alive, the most recently freed is used first,
 * and there is no limit; a new one goes to the target's addresses in turn. HTTP/2: one connection for each
 * address, requests go to them in turn. TCP: a new connection for each request, closed after its answer.
 */
export class ClientConnections implements Sender {
  private readonly network: Network;
  private readonly station: Station;
  private readonly protocol: Protocol;
  /** `ip:port` of each replica or host of the target. */
  private readonly addresses: readonly string[];
  private readonly tls: ClientTls;
  private turn = 0;
  /** By index of the address. */
  private readonly tlsClients: readonly TlsClient[];
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
    this.tlsClients = addresses.map(() => new TlsClient(CLIENT_TLS));
  }

  /** How many addresses there are to choose from. */
  get targets(): number {
    return this.addresses.length;
  }

  send(stream: ClientExchange): void {
    const carrier =
      this.protocol === "http2"
        ? this.sharedConnection(this.next(), stream)
        : (this.free.pop() ?? this.open(this.next(), stream));
    carrier.send(stream);
  }

  /** Sends it to the address with this index, for whoever does not leave that to turns. */
  sendTo(index: number, stream: ClientExchange): void {
    const carrier =
      this.protocol === "http2"
        ? this.sharedConnection(index, stream)
        : (this.takeFree(index) ?? this.open(index, stream));
    carrier.send(stream);
  }

  giveUp(stream: ClientExchange): void {
    stream.carrier!.giveUp(stream);
  }

  /** An exchange on it is over. */
  freed(connection: ClientConnection): void {
    if (this.protocol === "http1") this.free.push(connection);
  }

  connected({ index }: ClientConnection): void {
    this.tlsClients[index]!.connected(this.addresses[index]!);
  }

  closed(connection: ClientConnection): void {
    const pool: (ClientConnection | undefined)[] = this.protocol === "http2" ? this.shared : this.free;
    const index = pool.indexOf(connection);
    if (index < 0) return;
    if (this.protocol === "http2") pool[index] = undefined;
    else pool.splice(index, 1);
  }

  private takeFree(address: number): ClientConnection | undefined {
    const position = this.free.findLastIndex(({ index }) => index === address);
    return position < 0 ? undefined : this.free.splice(position, 1)[0];
  }

  private sharedConnection(index: number, first: ClientExchange): ClientConnection {
    return (this.shared[index] ??= this.open(index, first));
  }

  private next(): number {
    return this.turn++ % this.addresses.length;
  }

  /** `first`: the request that it is opened for. */
  private open(index: number, first: ClientExchange): ClientConnection {
    const { network, protocol, station, tls } = this;
    const carrier = new ClientConnection(this, index);
    const connection = network.connect(carrier, protocol, station, this.addresses[index]!);
    connection.cause = first.request;
    connection.hello = helloOf(tls, protocol, first.head.authority);
    if (tls !== null) connection.startTls(this.tlsClients[index]!, tls === "as-wanted" ? undefined : ANY_TLS);
    carrier.open(connection);
    return carrier;
  }
}
