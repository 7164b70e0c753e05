import type { Nanoseconds } from "../kernel/time.ts";
import type { Closing, Connection } from "../network/connection.ts";
import type { Acceptor } from "../network/station.ts";
import type { TlsOptions } from "../network/tls.ts";
import type { RandomStream } from "../random/random-stream.ts";
import { AcceptBacklog } from "./accept-backlog.ts";
import { factsOf } from "./connection-facts.ts";
import type { ConnectionLimit } from "./connection-limits.ts";
import type { DownstreamConnection } from "./downstream-connection.ts";
import type { FilterChainConfig } from "./filter-chain-config.ts";
import type { HttpConnectionManager } from "./http-connection-manager.ts";
import type { ListenerConfig } from "./listener-config.ts";
import type { ListenerLimiter } from "./listener-limiter.ts";
import type { ListenerStats } from "./listener-stats.ts";
import type { OverloadManager } from "./overload-manager.ts";

/** What serves the connections of a filter chain. */
export interface ServedChain {
  /** By worker. */
  readonly managers: readonly HttpConnectionManager[];
  /** Its connection limit filters, in their order. */
  readonly limits: readonly ConnectionLimit[];
}

/** The filter chains that serve HTTP. */
export type ServedChains = ReadonlyMap<FilterChainConfig, ServedChain>;

/** A listener of one process: deals new connections to workers and filter chains and knows which are open. */
export class Listener implements Acceptor {
  readonly name: string;
  readonly config: ListenerConfig;
  private readonly chains: ServedChains;
  private readonly workers: number;
  private readonly limiter: ListenerLimiter;
  private readonly overload: OverloadManager | null;
  private readonly backlog = new AcceptBacklog();
  private readonly random: RandomStream;
  private readonly stats: ListenerStats;
  /** Finds the listener that has an address; for connections with an original destination. */
  private readonly listenerAt: (address: string) => Listener | undefined;
  /** With the connection limits that count each. */
  private readonly connections = new Map<Connection, readonly ConnectionLimit[]>();
  private isDown = false;

  constructor(
    config: ListenerConfig,
    chains: ServedChains,
    workers: number,
    random: RandomStream,
    stats: ListenerStats,
    limiter: ListenerLimiter,
    listenerAt: (address: string) => Listener | undefined,
    overload: OverloadManager | null,
  ) {
    this.overload = overload;
    this.name = config.name;
    this.config = config;
    this.limiter = limiter;
    this.chains = chains;
    this.workers = workers;
    this.random = random;
    this.stats = stats;
    this.listenerAt = listenerAt;
    for (const manager of [...chains.values()].flatMap(({ managers }) => managers))
      manager.closeConnection = (connection, closing) => this.ownerOf(connection).close(connection, closing);
  }

  /** Closes a connection: `truncated` in the middle of an answer. */
  private close(connection: Connection, closing: Closing): void {
    this.closed(connection, "local");
    connection.closeByPeer(closing);
  }

  accept(connection: Connection): "accepted" | "closed" | "refused" {
    if (this.isDown) return "refused";
    if (!this.overload?.stopsAccepting) return this.take(connection);
    this.backlog.hold(connection);
    return "accepted";
  }

  /** The pressure has been looked at; overload that stops it may be over. */
  overloadChanged(): void {
    const { stopsAccepting, reducesTimeouts } = this.overload!;
    if (reducesTimeouts)
      for (const { handler } of this.connections.keys()) (handler as DownstreamConnection).rescale();
    if (stopsAccepting) return;
    for (const [connection, streams] of this.backlog.release()) {
      if (this.take(connection) === "closed") connection.closeByPeer();
      else for (const stream of streams) connection.handler.handle(stream);
    }
  }

  /** A connection goes to one worker, drawn uniformly, and stays there. */
  private take(connection: Connection): "accepted" | "closed" {
    const index = this.workers === 1 ? 0 : Math.trunc(this.random.uniform() * this.workers);
    return this.ownerOf(connection).serve(connection, index);
  }

  tlsFor(connection: Connection): TlsOptions | undefined {
    return this.ownerOf(connection).chainFor(connection)?.tls?.options;
  }

  /** A connection that nobody has accepted yet waits for that; its handshake is not simulated. */
  handshakeTime({ handler }: Connection): Nanoseconds {
    return handler === this.backlog ? 0 : (handler as DownstreamConnection).manager.worker.handshakes.add();
  }

  connectionClosed(connection: Connection): void {
    if (this.backlog.forget(connection)) return;
    this.ownerOf(connection).closed(connection, "remote");
  }

  /** The listener that serves a connection to this one's address: itself, or that of the original destination. */
  private ownerOf(connection: Connection): Listener {
    if (!this.config.restoresDestination) return this;
    return this.listenerAt(connection.target) ?? this;
  }

  private serve(connection: Connection, worker: number): "accepted" | "closed" {
    if (this.limiter.isFull(this.stats)) return "closed";
    const chain = this.chainFor(connection);
    if (chain === null) {
      this.stats.noFilterChainMatch.value++;
      return "closed";
    }
    const served = this.chains.get(chain);
    if (served === undefined || !understands(chain, connection)) return "closed";
    this.limiter.take();
    this.stats.opened(worker);
    const downstream = served.managers[worker]!.open(connection);
    connection.handler = downstream;
    const { refusing, counting } = admission(served.limits);
    this.connections.set(connection, counting);
    if (refusing !== undefined) downstream.refuse(refusing.delay);
    return "accepted";
  }

  /** A client that speaks either way speaks TLS only where its plain text would not be taken. */
  private chainFor(connection: Connection): FilterChainConfig | null {
    const { hello } = connection;
    if (hello === null) return this.chosen(connection, false);
    if (!hello.isOptional) return this.chosen(connection, true);
    const plain = this.chosen(connection, false);
    if (plain?.tls === null) return plain;
    const secure = this.chosen(connection, true);
    return secure?.tls === null ? plain : secure;
  }

  private chosen(connection: Connection, speaksTls: boolean): FilterChainConfig | null {
    const { chains, inspectors } = this.config;
    // A single chain that takes everything needs no facts.
    return chains.only ?? chains.choose(factsOf(connection, speaksTls, inspectors));
  }

  private closed(connection: Connection, by: "local" | "remote"): void {
    const counting = this.connections.get(connection);
    if (counting === undefined) return;
    this.connections.delete(connection);
    this.limiter.release();
    for (const limit of counting) limit.release();
    const downstream = connection.handler as DownstreamConnection;
    this.stats.closed(downstream.manager.worker.index);
    downstream.manager.closed(downstream, by);
  }

  /** The process dies: connections are reset and what is under way on them is lost. */
  goDown(): void {
    this.isDown = true;
    for (const [connection] of this.backlog.release()) connection.closeByPeer();
    for (const connection of [...this.connections.keys()]) {
      for (const stream of [...connection.streams, ...connection.givenUp]) {
        if (stream.handling !== null) connection.handler.abandon(stream);
      }
      this.closed(connection, "local");
      connection.closeByPeer();
    }
    for (const { managers } of this.chains.values())
      for (const manager of managers) manager.client.abandonAll();
  }

  comeUp(): void {
    this.isDown = false;
  }
}

/** Which filter refuses a connection, and which ones count it: those behind it do not see it. */
function admission(limits: readonly ConnectionLimit[]) {
  const position = limits.findIndex((limit) => !limit.admit());
  return position < 0
    ? { refusing: undefined, counting: limits }
    : { refusing: limits[position], counting: limits.slice(0, position + 1) };
}

/** Whether both sides speak TLS, or both plain text, and the client has the certificate that it needs. */
function understands({ tls }: FilterChainConfig, { hello }: Connection): boolean {
  if (hello === null) return tls === null;
  if (hello.isOptional) return true;
  return tls !== null && (hello.hasCertificate || !tls.requiresCertificate);
}
