import type { Message } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import type { EjectionType } from "./ejection-type.ts";

/** `cluster.v3.OutlierDetection` with Envoy's defaults. */
export interface OutlierOptions {
  /** Time between two sweeps. */
  readonly interval: Nanoseconds;
  readonly baseEjectionTime: Nanoseconds;
  readonly maxEjectionTime: Nanoseconds;
  /** Largest random addition to an ejection, in whole milliseconds. */
  readonly maxEjectionTimeJitterMs: number;
  /** Share of the hosts that may be ejected at once, in percent, 0 to 100. */
  readonly maxEjectionPercent: number;
  readonly alwaysEjectOneHost: boolean;
  /** Failures in a row that are detected; 0: none ever are. */
  readonly consecutive5xx: number;
  readonly consecutiveGatewayFailure: number;
  readonly consecutiveLocalOriginFailure: number;
  /** Chance that a detection of a type leads to an ejection, in percent; above 100 counts as 100. */
  readonly enforcing: Readonly<Record<EjectionType, number>>;
  /** Whether failures to reach a host are counted apart from those that the host answers. */
  readonly splitExternalLocalOriginErrors: boolean;
}

const DEFAULT_INTERVAL = 10 * SECOND;
const DEFAULT_BASE_EJECTION_TIME = 30 * SECOND;
const DEFAULT_MAX_EJECTION_TIME = 300 * SECOND;

/** Reads a valid `outlier_detection`; an empty message switches it on with its defaults. */
export function readOutlierDetection(message: Message): OutlierOptions {
  const baseEjectionTime = timerDuration(message, "base_ejection_time", DEFAULT_BASE_EJECTION_TIME);
  return Object.freeze({
    interval: timerDuration(message, "interval", DEFAULT_INTERVAL),
    baseEjectionTime,
    maxEjectionTime: timerDuration(
      message,
      "max_ejection_time",
      Math.max(DEFAULT_MAX_EJECTION_TIME, baseEjectionTime),
    ),
    maxEjectionTimeJitterMs: timerDuration(message, "max_ejection_time_jitter", 0) / MILLISECOND,
    maxEjectionPercent: Math.min(message.number("max_ejection_percent", 10), 100),
    alwaysEjectOneHost: message.boolean("always_eject_one_host"),
    consecutive5xx: message.number("consecutive_5xx", 5),
    consecutiveGatewayFailure: message.number("consecutive_gateway_failure", 5),
    consecutiveLocalOriginFailure: message.number("consecutive_local_origin_failure", 5),
    enforcing: Object.freeze({
      CONSECUTIVE_5XX: message.number("enforcing_consecutive_5xx", 100),
      CONSECUTIVE_GATEWAY_FAILURE: message.number("enforcing_consecutive_gateway_failure", 0),
      CONSECUTIVE_LOCAL_ORIGIN_FAILURE: message.number("enforcing_consecutive_local_origin_failure", 100),
    }),
    splitExternalLocalOriginErrors: message.boolean("split_external_local_origin_errors"),
  });
}
