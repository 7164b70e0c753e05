import type { Message } from "../decode/message.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Counter, Gauge, Stats } from "../telemetry/stats.ts";
import { timerDuration } from "./cluster/timer-duration.ts";
import { readFeatureFlag } from "./runtime/feature-flag.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { runtimeInteger } from "./runtime/runtime-number.ts";

/** Network filter `envoy.filters.network.connection_limit`. */
export interface ConnectionLimitConfig {
  readonly statPrefix: string;
  readonly maxConnections: number;
  /** How long a connection that is refused is kept before it is closed. */
  readonly delay: Nanoseconds;
}

/** Limits on the connections to a listener; Infinity: none. */
export interface ListenerLimits {
  /** Runtime `envoy.resource_limits.listener.NAME.connection_limit`. */
  readonly ofListener: number;
  /** Whether the limit of the whole process does not hold for it. */
  readonly ignoresGlobal: boolean;
}

const CONNECTION_LIMIT = "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit";
const DOWNSTREAM_CONNECTIONS =
  "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig";

/** Reads the limit that a network filter stands for; undefined where it is another filter, or off. */
export function readConnectionLimit(filter: Message, runtime: Runtime): ConnectionLimitConfig | undefined {
  const config = filter.message("typed_config");
  if (config?.typeName !== CONNECTION_LIMIT) return undefined;
  const limit = {
    statPrefix: config.string("stat_prefix"),
    maxConnections: config.number("max_connections", 0),
    delay: timerDuration(config, "delay", 0),
  };
  return readFeatureFlag(config.message("runtime_enabled"), runtime) ? limit : undefined;
}

export function readListenerLimit(name: string, runtime: Runtime): number {
  return runtimeInteger(
    runtime,
    `envoy.resource_limits.listener.${name}.connection_limit`,
    Number.POSITIVE_INFINITY,
  );
}

/** The limit of the whole process: that of the overload manager, or the older one of the runtime. */
export function readGlobalConnectionLimit(overloadManager: Message | undefined, runtime: Runtime): number {
  for (const monitor of overloadManager?.messages("resource_monitors") ?? []) {
    const config = monitor.message("typed_config");
    if (config?.typeName !== DOWNSTREAM_CONNECTIONS) continue;
    monitor.string("name");
    return config.number("max_active_downstream_connections", Number.POSITIVE_INFINITY);
  }
  return runtimeInteger(runtime, "overload.global_downstream_max_connections", Number.POSITIVE_INFINITY);
}

/** So many at a time, of one process. */
export class ConnectionCount {
  readonly max: number;
  current = 0;

  constructor(max: number) {
    this.max = max;
  }

  get isFull(): boolean {
    return this.current >= this.max;
  }
}

/** A connection limit filter of one listener, over all workers (Envoy 1.40, .../network/connection_limit). */
export class ConnectionLimit {
  readonly delay: Nanoseconds;
  private readonly count: ConnectionCount;
  private readonly limited: Counter;
  private readonly active: Gauge;

  constructor({ statPrefix, maxConnections, delay }: ConnectionLimitConfig, stats: Stats) {
    const prefix = `connection_limit.${statPrefix}.`;
    this.delay = delay;
    this.count = new ConnectionCount(maxConnections);
    this.limited = stats.counter(`${prefix}limited_connections`);
    this.active = stats.gauge(`${prefix}active_connections`);
  }

  /** Counts a new connection, also one beyond the limit; false if it is to be closed. */
  admit(): boolean {
    const isWithin = !this.count.isFull;
    this.count.current++;
    this.active.value++;
    if (!isWithin) this.limited.value++;
    return isWithin;
  }

  release(): void {
    this.count.current--;
    this.active.value--;
  }
}
