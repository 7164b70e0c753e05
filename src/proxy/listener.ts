import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Closing, Connection } from "../network/connection.ts";
import type { Acceptor } from "../network/station.ts";
import type { Stream } from "../network/stream.ts";
import type { TlsOptions } from "../network/tls.ts";
import type { RandomStream } from "../random/random-stream.ts";
import { AcceptBacklog } from "./accept-backlog.ts";
import type { DrainableListener } from "./draining/drain-manager.ts";
import type { ListenerDrain } from "./draining/listener-drain.ts";
import { factsOf } from "./filter-chain/connection-facts.ts";
import type { FilterChainConfig } from "./filter-chain-config.ts";
import { type GateDeps, GatedConnection } from "./gated-connection.ts";
import type { ListenerConfig } from "./listener-config.ts";
import type { SocketStats } from "./listener-filter/socket-stats.ts";
import type { ListenerLimiter } from "./listener-limiter.ts";
import type { ListenerStats } from "./listener-stats.ts";
import type { MakeConnectionFilter } from "./network-filter/network-filter.ts";
import type { OverloadManager } from "./overload/overload-manager.ts";
import { PendingSocket, type SocketOwner } from "./pending-socket.ts";
import type { ConnectionServer, ServedConnection } from "./served-connection.ts";
import type { Worker } from "./worker.ts";

/** What serves the connections of a filter chain. */
export interface ServedChain {
  /** By worker. */
  readonly servers: readonly ConnectionServer[];
  /** The network filters in front, in their order; null: there are none. */
  readonly filters: readonly MakeConnectionFilter[] | null;
}

/** A connection that is open. */
export interface OpenConnection {
  readonly served: ServedConnection;
  /** Null: no network filters look at it. */
  readonly gate: GatedConnection | null;
}

/** What waiting for first bytes needs. */
interface SocketDeps {
  readonly simulator: Simulator;
  readonly stats: SocketStats;
}

/** A usual size; what matters is that it is enough to tell what it is. */
const CLIENT_HELLO_BYTES = 200;

/** The filter chains that serve anything. */
export type ServedChains = ReadonlyMap<FilterChainConfig, ServedChain>;

/** A listener of one process: deals new connections to workers and filter chains and knows which are open. */
export class Listener implements Acceptor, SocketOwner, DrainableListener {
  readonly name: string;
  readonly config: ListenerConfig;
  private readonly chains: ServedChains;
  private readonly workers: number;
  private readonly limiter: ListenerLimiter;
  private readonly overload: OverloadManager | null;
  private readonly backlog = new AcceptBacklog();
  private readonly random: RandomStream;
  readonly stats: ListenerStats;
  /** Finds the listener that has an address; for connections with an original destination. */
  private readonly listenerAt: (address: string) => Listener | undefined;
  private readonly connections = new Map<Connection, OpenConnection>();
  private readonly callServiceOn: (worker: Worker) => GateDeps["callService"];
  /** Those that listener filters look at. */
  private readonly pending = new Map<Connection, PendingSocket>();
  private readonly sockets: SocketDeps;
  /** Made when first needed. */
  private readonly gateDeps = new Map<Worker, GateDeps>();
  /** The connection that is being accepted, until it is closed. */
  private accepting: Connection | null = null;
  private isDown = false;
  /** Its operator has made it stop accepting. */
  private isStopped = false;
  /** Null: nothing ever drains it. */
  private drain: ListenerDrain | null = null;

  constructor(
    config: ListenerConfig,
    chains: ServedChains,
    workers: number,
    random: RandomStream,
    stats: ListenerStats,
    limiter: ListenerLimiter,
    listenerAt: (address: string) => Listener | undefined,
    overload: OverloadManager | null,
    callServiceOn: (worker: Worker) => GateDeps["callService"],
    sockets: SocketDeps,
  ) {
    this.sockets = sockets;
    this.overload = overload;
    this.callServiceOn = callServiceOn;
    this.name = config.name;
    this.config = config;
    this.limiter = limiter;
    this.chains = chains;
    this.workers = workers;
    this.random = random;
    this.stats = stats;
    this.listenerAt = listenerAt;
    for (const server of [...chains.values()].flatMap(({ servers }) => servers))
      server.closeConnection = (connection, closing) => this.ownerOf(connection).close(connection, closing);
  }

  /** Closes a connection: `truncated` in the middle of an answer. */
  private close(connection: Connection, closing: Closing): void {
    this.closed(connection, "local");
    // Whoever opens a connection hears first that it is there.
    if (connection === this.accepting) this.accepting = null;
    else connection.closeByPeer(closing);
  }

  accept(connection: Connection): "accepted" | "closed" | "refused" {
    if (this.isDown || this.isStopped) return "refused";
    if (!this.overload?.stopsAccepting) return this.take(connection);
    this.backlog.hold(connection);
    return "accepted";
  }

  /** The pressure has been looked at; overload that stops it may be over. */
  overloadChanged(): void {
    const { stopsAccepting, reducesTimeouts } = this.overload!;
    if (reducesTimeouts) for (const { served } of this.connections.values()) served.rescale();
    if (stopsAccepting) return;
    for (const [connection, streams] of this.backlog.release()) {
      if (this.take(connection) === "closed") connection.closeByPeer();
      else for (const stream of streams) connection.handler.handle(stream);
    }
  }

  /** A connection goes to one worker, drawn uniformly or the least busy, and stays there. */
  private take(connection: Connection): "accepted" | "closed" {
    const owner = this.ownerOf(connection);
    // The listener that serves a redirected connection balances it once more.
    const balancer = owner.config.balancesExactly ? owner : this;
    return owner.serve(connection, balancer.nextWorker());
  }

  private nextWorker(): number {
    if (this.workers === 1) return 0;
    return this.config.balancesExactly
      ? this.stats.leastBusyWorker
      : Math.trunc(this.random.uniform() * this.workers);
  }

  tlsFor(connection: Connection): TlsOptions | undefined {
    return this.ownerOf(connection).chainFor(connection)?.tls?.options;
  }

  /** A connection that nobody has accepted yet waits for that; its handshake is not simulated. */
  handshakeTime(connection: Connection): Nanoseconds {
    const owner = this.ownerOf(connection);
    owner.pending.get(connection)?.look(CLIENT_HELLO_BYTES);
    const open = owner.connections.get(connection);
    // What speaks TLS with somebody behind a TCP proxy does not bother it.
    if (open === undefined || owner.chainFor(connection)?.tls == null) return 0;
    return open.served.worker.handshakes.add();
  }

  keepsOpen(connection: Connection): boolean {
    return this.ownerOf(connection).connections.get(connection)?.served.keepsOpen() === true;
  }

  connectionClosed(connection: Connection): void {
    if (this.backlog.forget(connection)) return;
    const owner = this.ownerOf(connection);
    const socket = owner.pending.get(connection);
    if (socket === undefined) owner.closed(connection, "remote");
    else owner.abandon(socket);
  }

  /** The client has gone before listener filters knew it. */
  private abandon(socket: PendingSocket): void {
    this.pending.delete(socket.connection);
    this.limiter.release();
    this.stats.downstreamListenerFilterRemoteClose.value++;
    socket.stop();
  }

  /** The listener that serves a connection to this one's address: itself, or that of the original destination. */
  private ownerOf(connection: Connection): Listener {
    if (!this.config.restoresDestination) return this;
    const meant = this.listenerAt(connection.target) ?? this;
    return meant.isStopped && !meant.knows(connection) ? this : meant;
  }

  private knows(connection: Connection): boolean {
    return this.connections.has(connection) || this.pending.has(connection);
  }

  private serve(connection: Connection, worker: number): "accepted" | "closed" {
    if (this.limiter.isFull(this.stats)) return "closed";
    this.limiter.take();
    const { socketFilters } = this.config;
    const { simulator, stats } = this.sockets;
    if (socketFilters === null) return this.establish(connection, worker, simulator.now);
    const socket = new PendingSocket(connection, worker, socketFilters, this, stats, simulator);
    this.pending.set(connection, socket);
    connection.handler = socket;
    return "accepted";
  }

  proceed({ connection, worker, acceptedAt }: PendingSocket, streams: readonly Stream[]): void {
    this.pending.delete(connection);
    if (this.establish(connection, worker, acceptedAt) === "closed") connection.closeByPeer();
    else for (const stream of streams) connection.handler.handle(stream);
  }

  refuse({ connection }: PendingSocket): void {
    this.pending.delete(connection);
    this.limiter.release();
    connection.closeByPeer();
  }

  /** It is known what the connection is: a filter chain takes it. */
  private establish(connection: Connection, worker: number, acceptedAt: Nanoseconds): "accepted" | "closed" {
    const chain = this.chainFor(connection);
    if (chain === null) this.stats.noFilterChainMatch.value++;
    const found = chain === null ? undefined : this.chains.get(chain);
    if (found === undefined || !understands(chain!, connection)) {
      this.limiter.release();
      return "closed";
    }
    this.stats.opened(worker);
    const { servers, filters } = found;
    const served = servers[worker]!.open(connection, acceptedAt);
    this.accepting = connection;
    const gate = filters && this.makeGate(connection, chain!, served, filters);
    connection.handler = gate ?? served;
    this.connections.set(connection, { served, gate });
    if (this.drain?.isDraining) served.drainStarted();
    if (gate === null) served.start();
    else gate.continueReading();
    const isOpen = this.accepting !== null;
    this.accepting = null;
    return isOpen ? "accepted" : "closed";
  }

  private makeGate(
    connection: Connection,
    { tls }: FilterChainConfig,
    served: ServedConnection,
    filters: readonly MakeConnectionFilter[],
  ): GatedConnection {
    const seesServerName = tls !== null || this.config.inspectors.tls;
    const serverName = seesServerName ? (connection.hello?.serverName ?? "") : "";
    return new GatedConnection(connection, serverName, served, filters, this.gateDepsOf(served.worker));
  }

  private gateDepsOf(worker: Worker): GateDeps {
    let deps = this.gateDeps.get(worker);
    if (deps === undefined) {
      deps = {
        random: worker.random,
        close: (connection) => this.close(connection, "closed"),
        callService: this.callServiceOn(worker),
      };
      this.gateDeps.set(worker, deps);
    }
    return deps;
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
    const open = this.connections.get(connection);
    if (open === undefined) return;
    this.connections.delete(connection);
    this.limiter.release();
    const { served, gate } = open;
    gate?.ended();
    this.stats.closed(served.worker.index);
    served.ended(by);
  }

  drainBy(drain: ListenerDrain): void {
    this.drain = drain;
    for (const { servers } of this.chains.values()) for (const server of servers) server.drain = drain;
  }

  drainStarted(): void {
    for (const { served } of this.connections.values()) served.drainStarted();
  }

  /** What waits in the kernel to be accepted is reset; what is open goes on. */
  stopAccepting(): void {
    this.isStopped = true;
    for (const [connection] of this.backlog.release()) connection.closeByPeer("reset");
  }

  /** The process dies: connections are reset and what is under way on them is lost. */
  goDown(): void {
    this.isDown = true;
    for (const [connection] of this.backlog.release()) connection.closeByPeer();
    for (const socket of [...this.pending.values()]) {
      socket.stop();
      this.refuse(socket);
    }
    for (const connection of [...this.connections.keys()]) {
      for (const stream of [...connection.streams, ...connection.givenUp]) {
        if (stream.handling !== null) connection.handler.abandon(stream);
      }
      this.closed(connection, "local");
      connection.closeByPeer();
    }
    for (const { servers } of this.chains.values()) for (const server of servers) server.goDown();
  }

  comeUp(): void {
    this.isDown = false;
    this.isStopped = false;
  }
}

/**
 * Whether both sides speak TLS, or both plain text, and the client has the certificate that it needs; a TCP proxy
 * without TLS of its own passes on that of the client.
 */
function understands({ tls, terminal }: FilterChainConfig, { hello, protocol }: Connection): boolean {
  const passesOn = terminal?.kind === "tcp";
  if (passesOn && tls === null) return true;
  if (!passesOn && protocol === "tcp") return false;
  if (hello === null) return tls === null;
  if (hello.isOptional) return true;
  return tls !== null && (hello.hasCertificate || !tls.requiresCertificate);
}
