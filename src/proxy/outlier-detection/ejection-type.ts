/**
 * Why a host is ejected, as Envoy's event log names it
 * (Envoy 1.40, api/envoy/data/cluster/v3/outlier_detection_event.proto).
 */
export type EjectionType =
  | "CONSECUTIVE_5XX"
  | "CONSECUTIVE_GATEWAY_FAILURE"
  | "CONSECUTIVE_LOCAL_ORIGIN_FAILURE";
