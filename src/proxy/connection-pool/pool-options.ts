import type { ResetReason } from "../../http/reset-reason.ts";
import type { Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Connection, Protocol } from "../../network/connection.ts";
import type { Breakers } from "../cluster/breakers.ts";
import type { ClusterStats } from "../cluster/cluster-stats.ts";
import type { Host } from "../cluster/host.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { PooledConnection } from "./pooled-connection.ts";

/** What needs a connection: an attempt of the router, or a connection that is passed on. */
export interface PoolStream {
  /** A connection has been found for it; it may be sent now. */
  onPoolReady(connection: PooledConnection): void;
  /** `hasConnection`: there was one, but a limit refuses the stream. */
  onPoolFailure(reason: ResetReason, hasConnection: boolean): void;
}

export interface PoolOptions extends Omit<ConnectionOptions, "protocol"> {
  readonly protocol: Protocol;
  /** Connections to one host; Infinity: unlimited. */
  readonly maxConnectionsPerHost: number;
}

/** What a pool needs of the proxy around it. */
export interface PoolDeps {
  readonly simulator: Simulator;
  readonly options: PoolOptions;
  readonly stats: ClusterStats;
  readonly breakers: Breakers;
  /** Opens a connection to the host for this owner. */
  connect(owner: PooledConnection, host: Host): Connection;
  /** A connection has been set up; how long its worker is busy with the TLS handshake before it may be used. */
  finishSetup(connection: Connection): Nanoseconds;
  /** Told when a circuit breaker refuses something. */
  onOverflow(): void;
}
