import type { Message } from "../decode/message.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { runtimeInteger } from "./runtime/runtime-number.ts";

/** Limits on the connections to a listener; Infinity: none. */
export interface ListenerLimits {
  /** Runtime `envoy.resource_limits.listener.NAME.connection_limit`. */
  readonly ofListener: number;
  /** Whether the limit of the whole process does not hold for it. */
  readonly ignoresGlobal: boolean;
}

const DOWNSTREAM_CONNECTIONS =
  "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig";

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
