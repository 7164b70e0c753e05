import type { ResponseFlagName } from "../http/response-flags.ts";
import type { Connection } from "../network/connection.ts";
import type { RequestHandler, Stream } from "../network/stream.ts";
import type { Random64 } from "../random/random64.ts";
import type {
  ConnectionCall,
  ConnectionCallReceiver,
  ConnectionFilter,
  FilteredConnection,
  MakeConnectionFilter,
} from "./network-filter/network-filter.ts";
import type { ServedConnection } from "./served-connection.ts";

/** What a gate has of its listener and its worker. */
export interface GateDeps {
  readonly random: Random64;
  close(connection: Connection): void;
  callService(
    connection: Connection,
    call: ConnectionCall,
    receiver: ConnectionCallReceiver,
  ): { cancel(): void } | null;
}

/**
 * A connection from a client until the network filters of its chain have let it pass, one after the other; what comes
 * on it meanwhile waits (Envoy 1.40, source/common/network/filter_manager_impl.cc).
 */
export class GatedConnection implements RequestHandler, FilteredConnection {
  readonly connection: Connection;
  readonly serverName: string;
  private readonly served: ServedConnection;
  private readonly chain: readonly MakeConnectionFilter[];
  private readonly deps: GateDeps;
  /** Those that have seen it. */
  private readonly filters: ConnectionFilter[] = [];
  private readonly waiting: Stream[] = [];
  private isEnded = false;

  constructor(
    connection: Connection,
    serverName: string,
    served: ServedConnection,
    chain: readonly MakeConnectionFilter[],
    deps: GateDeps,
  ) {
    this.connection = connection;
    this.serverName = serverName;
    this.served = served;
    this.chain = chain;
    this.deps = deps;
  }

  useCluster(name: string): void {
    this.served.useCluster(name);
  }

  get random(): Random64 {
    return this.deps.random;
  }

  continueReading(): void {
    while (this.filters.length < this.chain.length) {
      const filter = this.chain[this.filters.length]!(this);
      this.filters.push(filter);
      if (filter.onNewConnection() === "stop") return;
    }
    this.connection.handler = this.served;
    this.served.start();
    for (const stream of this.waiting.splice(0)) {
      stream.handling = null;
      this.served.handle(stream);
    }
  }

  close(reason: string, flag: ResponseFlagName | null): void {
    if (this.isEnded) return;
    this.served.refused(reason, flag);
    this.deps.close(this.connection);
  }

  callService(call: ConnectionCall, receiver: ConnectionCallReceiver): { cancel(): void } | null {
    return this.deps.callService(this.connection, call, receiver);
  }

  handle(stream: Stream): void {
    stream.handling = this;
    this.waiting.push(stream);
  }

  abandon(stream: Stream): void {
    stream.handling = null;
    this.waiting.splice(this.waiting.indexOf(stream), 1);
  }

  /** The connection has ended, whether it had passed or not. */
  ended(): void {
    this.isEnded = true;
    for (const filter of this.filters) filter.onClosed();
  }
}
