import type { Closing, Connection } from "../network/connection.ts";
import type { Acceptor } from "../network/station.ts";
import type { RandomStream } from "../random/random-stream.ts";
import { factsOf } from "./connection-facts.ts";
import type { FilterChainConfig } from "./filter-chain-config.ts";
import type { HttpConnectionManager } from "./http-connection-manager.ts";
import type { ListenerConfig } from "./listener-config.ts";
import type { ListenerStats } from "./listener-stats.ts";

/** The managers of a listener's filter chains, by worker; a chain that does not serve HTTP has none. */
export type ManagersByChain = ReadonlyMap<FilterChainConfig, readonly HttpConnectionManager[]>;

/** A listener of one process: deals new connections to workers and filter chains and knows which are open. */
export class Listener implements Acceptor {
  readonly name: string;
  readonly config: ListenerConfig;
  private readonly managers: ManagersByChain;
  private readonly workers: number;
  private readonly random: RandomStream;
  private readonly stats: ListenerStats;
  /** Finds the listener that has an address; for connections with an original destination. */
  private readonly listenerAt: (address: string) => Listener | undefined;
  private readonly connections = new Set<Connection>();
  private isDown = false;

  constructor(
    config: ListenerConfig,
    managers: ManagersByChain,
    workers: number,
    random: RandomStream,
    stats: ListenerStats,
    listenerAt: (address: string) => Listener | undefined,
  ) {
    this.name = config.name;
    this.config = config;
    this.managers = managers;
    this.workers = workers;
    this.random = random;
    this.stats = stats;
    this.listenerAt = listenerAt;
    for (const manager of [...managers.values()].flat())
      manager.closeConnection = (connection, closing) => this.ownerOf(connection).close(connection, closing);
  }

  /** Closes a connection: `truncated` in the middle of an answer. */
  private close(connection: Connection, closing: Closing): void {
    this.closed(connection, "local");
    connection.closeByPeer(closing);
  }

  /** A connection goes to one worker, drawn uniformly, and stays there. */
  accept(connection: Connection): "accepted" | "closed" | "refused" {
    if (this.isDown) return "refused";
    const index = this.workers === 1 ? 0 : Math.trunc(this.random.uniform() * this.workers);
    return this.ownerOf(connection).serve(connection, index);
  }

  connectionClosed(connection: Connection): void {
    this.ownerOf(connection).closed(connection, "remote");
  }

  /** The listener that serves a connection to this one's address: itself, or that of the original destination. */
  private ownerOf(connection: Connection): Listener {
    if (!this.config.restoresDestination) return this;
    return this.listenerAt(connection.target) ?? this;
  }

  private serve(connection: Connection, worker: number): "accepted" | "closed" {
    const chain = this.chainFor(connection);
    if (chain === null) {
      this.stats.noFilterChainMatch.value++;
      return "closed";
    }
    const manager = this.managers.get(chain)?.[worker];
    if (manager === undefined || !understands(chain, connection)) return "closed";
    this.stats.opened(worker);
    connection.handler = manager;
    manager.connectionOpened(connection.protocol);
    this.connections.add(connection);
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
    if (!this.connections.delete(connection)) return;
    const manager = connection.handler as HttpConnectionManager;
    this.stats.closed(manager.worker.index);
    manager.connectionClosed(connection.protocol, by);
  }

  /** The process dies: connections are reset and what is under way on them is lost. */
  goDown(): void {
    this.isDown = true;
    for (const connection of [...this.connections]) {
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

/** Whether both sides speak TLS, or both plain text, and the client has the certificate that it needs. */
function understands({ tls }: FilterChainConfig, { hello }: Connection): boolean {
  if (hello === null) return tls === null;
  if (hello.isOptional) return true;
  return tls !== null && (hello.hasCertificate || !tls.requiresCertificate);
}
