import type { Message } from "../../decode/message.ts";
import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import { type OverloadTrigger, readOverloadTriggers } from "./overload-trigger.ts";
import type { LeastTimeout } from "./scaled-timeout.ts";

const ACTIONS = {
  stopAcceptingRequests: "envoy.overload_actions.stop_accepting_requests",
  disableKeepAlive: "envoy.overload_actions.disable_http_keepalive",
  stopAcceptingConnections: "envoy.overload_actions.stop_accepting_connections",
  rejectIncomingConnections: "envoy.overload_actions.reject_incoming_connections",
  reduceTimeouts: "envoy.overload_actions.reduce_timeouts",
} as const;

const SHED_POINTS = {
  acceptConnection: "envoy.load_shed_points.tcp_listener_accept",
  decodeHeaders: "envoy.load_shed_points.http_connection_manager_decode_headers",
} as const;

export type OverloadActionKind = keyof typeof ACTIONS;
export type ShedPointKind = keyof typeof SHED_POINTS;

/** An action or a load shed point. */
export interface Triggered<Kind> {
  readonly kind: Kind;
  readonly name: string;
  readonly triggers: readonly OverloadTrigger[];
}

/** `config.overload.v3.OverloadManager`, as far as it is simulated. */
export interface OverloadConfig {
  readonly refreshInterval: Nanoseconds;
  /** Names of resource monitors, in their order. */
  readonly monitors: readonly string[];
  readonly actions: readonly Triggered<OverloadActionKind>[];
  readonly shedPoints: readonly Triggered<ShedPointKind>[];
  /** How far the idle time of connections may be reduced; undefined: it is not. */
  readonly leastConnectionIdle: LeastTimeout | undefined;
}

/** Undefined: nothing is configured that could act. What is not simulated is not read, and so reported. */
export function readOverloadManager(manager: Message | undefined): OverloadConfig | undefined {
  if (manager === undefined) return undefined;
  const actions = readTriggered(manager.messages("actions"), ACTIONS);
  const shedPoints = readTriggered(manager.messages("loadshed_points"), SHED_POINTS);
  if (actions.length + shedPoints.length === 0) return undefined;
  return {
    refreshInterval: timerDuration(manager, "refresh_interval", SECOND),
    monitors: manager.messages("resource_monitors").map((monitor) => monitor.string("name")),
    actions,
    shedPoints,
    leastConnectionIdle: readLeastConnectionIdle(manager),
  };
}

/** Of the timers that may be reduced only this one is simulated; the others are not read, and so reported. */
function readLeastConnectionIdle(manager: Message): LeastTimeout | undefined {
  for (const action of manager.messages("actions")) {
    if (action.string("name") !== ACTIONS.reduceTimeouts) continue;
    for (const factor of action.message("typed_config")?.messages("timer_scale_factors") ?? []) {
      if (factor.enum<string>("timer", "UNSPECIFIED") !== "HTTP_DOWNSTREAM_CONNECTION_IDLE") continue;
      const least = timerDuration(factor, "min_timeout");
      if (least !== undefined) return { kind: "time", least };
      return { kind: "share", least: (factor.message("min_scale")?.number("value", 0) ?? 0) / 100 };
    }
  }
  return undefined;
}

function readTriggered<Kind extends string>(
  messages: readonly Message[],
  names: Readonly<Record<Kind, string>>,
): Triggered<Kind>[] {
  return messages.flatMap((message) => {
    const name = message.string("name");
    const kind = (Object.keys(names) as Kind[]).find((each) => names[each] === name);
    return kind === undefined ? [] : [{ kind, name, triggers: readOverloadTriggers(message) }];
  });
}
