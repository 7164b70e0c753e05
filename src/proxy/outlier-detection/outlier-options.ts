import type { Message } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import type { EjectionType } from "./ejection-type.ts";

/** `cluster.v3.OutlierDetection` with Envoy's defaults; runtime values have taken the place of settings. */
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
  readonly successRate: SuccessRateOptions;
  readonly failurePercentage: FailurePercentageOptions;
  /** Whether failures to reach a host are counted apart from those that the host answers. */
  readonly splitExternalLocalOriginErrors: boolean;
  /** Whether a passed active health check ends an ejection. */
  readonly successfulActiveHealthCheckUnejectHost: boolean;
  /** Whether an answer with `x-envoy-degraded` makes its host degraded. */
  readonly detectDegradedHosts: boolean;
}

export interface SuccessRateOptions {
  /** With fewer hosts that have the volume nothing is worked out. */
  readonly minimumHosts: number;
  /** Requests to a host in one interval from which on its rate counts. */
  readonly requestVolume: number;
  /** How many thousandths of a standard deviation below the mean a host is an outlier. */
  readonly stdevFactor: number;
}

export interface FailurePercentageOptions {
  readonly minimumHosts: number;
  readonly requestVolume: number;
  /** Failures, in percent, from which on a host is an outlier. */
  readonly threshold: number;
}

/** The whole number that the proxy's runtime has under a key, or the given one. */
export type RuntimeInteger = (key: string, otherwise: number) => number;

const DEFAULT_INTERVAL = 10 * SECOND;
const DEFAULT_BASE_EJECTION_TIME = 30 * SECOND;
const DEFAULT_MAX_EJECTION_TIME = 300 * SECOND;
const noRuntime: RuntimeInteger = (_, otherwise) => otherwise;

/** Reads a valid `outlier_detection`; an empty message switches it on with its defaults. */
export function readOutlierDetection(message: Message, runtime = noRuntime): OutlierOptions {
  const integer = (field: string, otherwise: number): number =>
    runtime(`outlier_detection.${field}`, message.number(field, otherwise));
  const duration = (field: string, otherwise: Nanoseconds): Nanoseconds => {
    const configured = timerDuration(message, field, otherwise);
    return runtime(`outlier_detection.${field}_ms`, configured / MILLISECOND) * MILLISECOND;
  };
  // The default of the longest ejection looks at the configured base, not at the runtime's.
  const base = timerDuration(message, "base_ejection_time", DEFAULT_BASE_EJECTION_TIME);
  return Object.freeze({
    interval: duration("interval", DEFAULT_INTERVAL),
    baseEjectionTime: duration("base_ejection_time", DEFAULT_BASE_EJECTION_TIME),
    maxEjectionTime: duration("max_ejection_time", Math.max(DEFAULT_MAX_EJECTION_TIME, base)),
    maxEjectionTimeJitterMs: duration("max_ejection_time_jitter", 0) / MILLISECOND,
    maxEjectionPercent: Math.min(integer("max_ejection_percent", 10), 100),
    alwaysEjectOneHost: message.boolean("always_eject_one_host"),
    consecutive5xx: integer("consecutive_5xx", 5),
    consecutiveGatewayFailure: integer("consecutive_gateway_failure", 5),
    consecutiveLocalOriginFailure: integer("consecutive_local_origin_failure", 5),
    enforcing: readEnforcing(integer),
    successRate: Object.freeze({
      minimumHosts: integer("success_rate_minimum_hosts", 5),
      requestVolume: integer("success_rate_request_volume", 100),
      stdevFactor: integer("success_rate_stdev_factor", 1900),
    }),
    failurePercentage: Object.freeze({
      minimumHosts: integer("failure_percentage_minimum_hosts", 5),
      requestVolume: integer("failure_percentage_request_volume", 50),
      threshold: integer("failure_percentage_threshold", 85),
    }),
    splitExternalLocalOriginErrors: message.boolean("split_external_local_origin_errors"),
    successfulActiveHealthCheckUnejectHost: message.boolean(
      "successful_active_health_check_uneject_host",
      true,
    ),
    detectDegradedHosts: message.boolean("detect_degraded_hosts"),
  });
}

function readEnforcing(integer: RuntimeInteger): OutlierOptions["enforcing"] {
  return Object.freeze({
    CONSECUTIVE_5XX: integer("enforcing_consecutive_5xx", 100),
    CONSECUTIVE_GATEWAY_FAILURE: integer("enforcing_consecutive_gateway_failure", 0),
    CONSECUTIVE_LOCAL_ORIGIN_FAILURE: integer("enforcing_consecutive_local_origin_failure", 100),
    SUCCESS_RATE: integer("enforcing_success_rate", 100),
    SUCCESS_RATE_LOCAL_ORIGIN: integer("enforcing_local_origin_success_rate", 100),
    FAILURE_PERCENTAGE: integer("enforcing_failure_percentage", 0),
    FAILURE_PERCENTAGE_LOCAL_ORIGIN: integer("enforcing_failure_percentage_local_origin", 0),
  });
}
