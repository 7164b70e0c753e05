import type { Message } from "../../decode/message.ts";
import type { Handle, Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import { readFeatureFlag } from "../runtime/feature-flag.ts";
import type { ConnectionFilter, FilteredConnection, NetworkFilterKind } from "./network-filter.ts";

/** `extensions.filters.network.connection_limit.v3.ConnectionLimit`. */
interface ConnectionLimitConfig {
  readonly statPrefix: string;
  readonly maxConnections: number;
  /** How long a connection that is refused is kept before it is closed. */
  readonly delay: Nanoseconds;
}

export const connectionLimit: NetworkFilterKind = {
  type: "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
  read(config, runtime) {
    const limit = readConfig(config);
    if (!readFeatureFlag(config.message("runtime_enabled"), runtime)) return undefined;
    return ({ simulator, stats }) => {
      const shared = new ConnectionLimit(limit, stats);
      return (connection) => new ConnectionLimitFilter(shared, connection, simulator);
    };
  },
};

function readConfig(config: Message): ConnectionLimitConfig {
  return {
    statPrefix: config.string("stat_prefix"),
    maxConnections: config.number("max_connections", 0),
    delay: timerDuration(config, "delay", 0),
  };
}

/** The connections through one filter, over all workers (Envoy 1.40, .../network/connection_limit). */
class ConnectionLimit {
  readonly delay: Nanoseconds;
  private readonly maxConnections: number;
  private readonly limited: Counter;
  private readonly active: Gauge;
  private count = 0;

  constructor({ statPrefix, maxConnections, delay }: ConnectionLimitConfig, stats: Stats) {
    const prefix = `connection_limit.${statPrefix}.`;
    this.delay = delay;
    this.maxConnections = maxConnections;
    this.limited = stats.counter(`${prefix}limited_connections`);
    this.active = stats.gauge(`${prefix}active_connections`);
  }

  /** Counts a new connection, also one beyond the limit; false if it is to be closed. */
  admit(): boolean {
    const isWithin = this.count < this.maxConnections;
    this.count++;
    this.active.value++;
    if (!isWithin) this.limited.value++;
    return isWithin;
  }

  release(): void {
    this.count--;
    this.active.value--;
  }
}

class ConnectionLimitFilter implements ConnectionFilter {
  private readonly limit: ConnectionLimit;
  private readonly connection: FilteredConnection;
  private readonly simulator: Simulator;
  private delayTimer: Handle = 0;

  constructor(limit: ConnectionLimit, connection: FilteredConnection, simulator: Simulator) {
    this.limit = limit;
    this.connection = connection;
    this.simulator = simulator;
  }

  onNewConnection(): "continue" | "stop" {
    const { limit } = this;
    if (limit.admit()) return "continue";
    if (limit.delay > 0) this.delayTimer = this.simulator.timeout(limit.delay, refuse, this);
    else this.refuse();
    return "stop";
  }

  refuse(): void {
    this.connection.close("over_connection_limit", null);
  }

  onClosed(): void {
    this.simulator.cancel(this.delayTimer);
    this.limit.release();
  }
}

function refuse(filter: ConnectionLimitFilter): void {
  filter.refuse();
}
