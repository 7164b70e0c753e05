import type { Message } from "../decode/message.ts";
import { HOUR, MILLISECOND, type Nanoseconds, SECOND } from "../kernel/time.ts";
import type { Random64 } from "../random/random64.ts";
import { timerDuration } from "./cluster/timer-duration.ts";

/** When a connection manager ends a connection from a client, and how. */
export interface DownstreamConnectionLimits {
  /** After so long without a request; 0: never. */
  readonly idleTimeout: Nanoseconds;
  /** So long after it was opened; 0: never. */
  readonly maxDuration: Nanoseconds;
  /** So many percent may come on top of it. */
  readonly maxDurationJitter: number;
  /** HTTP/1.1: the end is announced by an answer only, never by closing an idle connection. */
  readonly isHttp1SafeMaxDuration: boolean;
  /** With so many requests; Infinity: no limit. */
  readonly maxRequests: number;
  /** From the announcement of the end to the end. */
  readonly drainTimeout: Nanoseconds;
  /** So many percent may come on top of it. */
  readonly drainTimeoutJitter: number;
  /** How long a client may take to close a connection that is over; 0: it is closed at once. */
  readonly delayedCloseTimeout: Nanoseconds;
}

const DEFAULT_IDLE_TIMEOUT: Nanoseconds = HOUR;
const DEFAULT_DRAIN_TIMEOUT: Nanoseconds = 5 * SECOND;

/** Reads them from an HttpConnectionManager (Envoy 1.40, HttpConnectionManagerConfig). */
export function readDownstreamConnectionLimits(manager: Message): DownstreamConnectionLimits {
  const common = manager.message("common_http_protocol_options");
  const of = (field: string, otherwise: Nanoseconds) =>
    common ? timerDuration(common, field, otherwise) : otherwise;
  return {
    idleTimeout: of("idle_timeout", DEFAULT_IDLE_TIMEOUT),
    maxDuration: of("max_connection_duration", 0),
    maxDurationJitter: common?.message("max_connection_duration_jitter")?.number("value") ?? 0,
    isHttp1SafeMaxDuration: manager.boolean("http1_safe_max_connection_duration"),
    maxRequests: common?.number("max_requests_per_connection") || Number.POSITIVE_INFINITY,
    drainTimeout: timerDuration(manager, "drain_timeout", DEFAULT_DRAIN_TIMEOUT),
    drainTimeoutJitter: manager.message("drain_timeout_jitter")?.number("value") ?? 0,
    delayedCloseTimeout: timerDuration(manager, "delayed_close_timeout", SECOND),
  };
}

/** A time with up to so many percent on top, in whole milliseconds; draws once if that is any. */
export function jittered(base: Nanoseconds, percent: number, random: Random64): Nanoseconds {
  const most = Math.ceil((base / MILLISECOND) * (percent / 100));
  if (most <= 0) return base;
  random.draw();
  return base + random.mod(most) * MILLISECOND;
}
