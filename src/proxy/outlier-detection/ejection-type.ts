/**
 * Why a host is ejected, as Envoy's event log names it
 * (Envoy 1.40, api/envoy/data/cluster/v3/outlier_detection_event.proto).
 */
export type EjectionType = ConsecutiveType | RateType;

/** Failures in a row have reached a threshold. */
export type ConsecutiveType =
  | "CONSECUTIVE_5XX"
  | "CONSECUTIVE_GATEWAY_FAILURE"
  | "CONSECUTIVE_LOCAL_ORIGIN_FAILURE";

/** A sweep has found the host among the worst by the share of its failures in the last interval. */
export type RateType =
  | "SUCCESS_RATE"
  | "SUCCESS_RATE_LOCAL_ORIGIN"
  | "FAILURE_PERCENTAGE"
  | "FAILURE_PERCENTAGE_LOCAL_ORIGIN";

/** What a host's answers can bring about between two sweeps. `DEGRADED` is no ejection, though logged as one. */
export type Detection = ConsecutiveType | "DEGRADED";

/** Names in statistics. */
export const STAT_NAMES: Readonly<Record<EjectionType, string>> = {
  CONSECUTIVE_5XX: "consecutive_5xx",
  CONSECUTIVE_GATEWAY_FAILURE: "consecutive_gateway_failure",
  CONSECUTIVE_LOCAL_ORIGIN_FAILURE: "consecutive_local_origin_failure",
  SUCCESS_RATE: "success_rate",
  SUCCESS_RATE_LOCAL_ORIGIN: "local_origin_success_rate",
  FAILURE_PERCENTAGE: "failure_percentage",
  FAILURE_PERCENTAGE_LOCAL_ORIGIN: "local_origin_failure_percentage",
};
