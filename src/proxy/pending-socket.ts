import type { Handle, Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Connection } from "../network/connection.ts";
import type { RequestHandler, Stream } from "../network/stream.ts";
import type { Counter } from "../telemetry/stats.ts";
import { parseProxyHeader } from "./listener-filter/proxy-header.ts";
import type { SocketFilter, SocketFilters } from "./listener-filter/socket-filters.ts";
import type { SocketStats } from "./listener-filter/socket-stats.ts";

/** From so many bytes on it is certain that they are no PROXY header (that of version 2 has as many). */
const PROXY_BYTES = 16;
/** Bytes of the header of a TLS record: fewer say nothing. */
const TLS_BYTES = 5;

/** What becomes of a connection that listener filters have looked at. */
export interface SocketOwner {
  /** They are done: these streams have come meanwhile. */
  proceed(socket: PendingSocket, streams: readonly Stream[]): void;
  /** They close it, or wait no longer for what it should begin with. */
  refuse(socket: PendingSocket): void;
  readonly stats: { readonly downstreamPreCxTimeout: Counter };
}

/**
 * A connection whose first bytes listener filters wait for; nothing else has heard of it (Envoy 1.40,
 * source/common/listener_manager/active_tcp_socket.cc).
 */
export class PendingSocket implements RequestHandler {
  readonly connection: Connection;
  readonly acceptedAt: Nanoseconds;
  /** The worker that has accepted it. */
  readonly worker: number;
  readonly settings: SocketFilters;
  private readonly owner: SocketOwner;
  private readonly stats: SocketStats;
  private readonly simulator: Simulator;
  private readonly waiting: Stream[] = [];
  private readonly timer: Handle;
  /** Filters that are done. */
  private position = 0;
  private isOver = false;

  constructor(
    connection: Connection,
    worker: number,
    settings: SocketFilters,
    owner: SocketOwner,
    stats: SocketStats,
    simulator: Simulator,
  ) {
    this.connection = connection;
    this.acceptedAt = simulator.now;
    this.worker = worker;
    this.settings = settings;
    this.owner = owner;
    this.stats = stats;
    this.simulator = simulator;
    this.timer = settings.timeout === 0 ? 0 : simulator.timeout(settings.timeout, timedOut, this);
  }

  handle(stream: Stream): void {
    stream.handling = this;
    this.waiting.push(stream);
    const isTcp = this.connection.protocol === "tcp";
    // Requests begin with more than enough bytes. A PROXY header comes also where nothing follows it.
    const bytes = isTcp ? stream.head.bodyBytes : Number.POSITIVE_INFINITY;
    if (!stream.isSilent || typeof this.connection.proxyHeader === "string") this.look(bytes);
  }

  abandon(stream: Stream): void {
    stream.handling = null;
    this.waiting.splice(this.waiting.indexOf(stream), 1);
  }

  /** `bytes` have come behind a PROXY header or a ClientHello. */
  look(bytes: number): void {
    const { filters } = this.settings;
    while (!this.isOver && this.position < filters.length) {
      const verdict = this.ask(filters[this.position]!, bytes);
      if (verdict === "wait") return;
      if (verdict === "close") {
        this.end(() => this.owner.refuse(this));
        return;
      }
      this.position++;
    }
    if (!this.isOver) this.proceed();
  }

  onTimeout(): void {
    this.owner.stats.downstreamPreCxTimeout.value++;
    if (this.settings.continuesOnTimeout) this.proceed();
    else this.end(() => this.owner.refuse(this));
  }

  /** The client has closed it. */
  stop(): void {
    this.end(() => {});
  }

  private proceed(): void {
    const streams = this.waiting.splice(0);
    for (const stream of streams) stream.handling = null;
    this.end(() => this.owner.proceed(this, streams));
  }

  private end(andThen: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.simulator.cancel(this.timer);
    andThen();
  }

  private ask(filter: SocketFilter, bytes: number): "continue" | "wait" | "close" {
    switch (filter.kind) {
      case "proxy-protocol":
        return this.readProxyHeader(filter.allowsNone, bytes);
      case "tls-inspector":
        return this.inspectTls(bytes);
      case "http-inspector":
        return "continue";
    }
  }

  private readProxyHeader(allowsNone: boolean, bytes: number): "continue" | "wait" | "close" {
    const { stats, connection } = this;
    const { proxyHeader, hello } = connection;
    // Somebody in front says what is so anyway.
    if (proxyHeader === undefined) return "continue";
    if (proxyHeader === null) {
      if (allowsNone) {
        stats.proxyNotFoundAllowed.value++;
        return "continue";
      }
      return bytes >= PROXY_BYTES || hello !== null ? "close" : "wait";
    }
    const parsed = parseProxyHeader(proxyHeader);
    if (parsed === "malformed") {
      stats.proxyMalformed.value++;
      return "close";
    }
    stats.proxyFound.value++;
    if (parsed !== "unknown") connection.restored = parsed;
    return "continue";
  }

  private inspectTls(bytes: number): "continue" | "wait" {
    const { stats, connection } = this;
    const { hello } = connection;
    if (hello === null || hello.isOptional) {
      if (bytes < TLS_BYTES) return "wait";
      stats.tlsNotFound.value++;
      return "continue";
    }
    stats.tlsFound.value++;
    (hello.serverName === "" ? stats.sniNotFound : stats.sniFound).value++;
    (hello.applicationProtocols.length === 0 ? stats.alpnNotFound : stats.alpnFound).value++;
    return "continue";
  }
}

function timedOut(socket: PendingSocket): void {
  socket.onTimeout();
}
