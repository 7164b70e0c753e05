/** What checks a host: as Envoy's event log names it (api/envoy/data/core/v3/health_check_event.proto). */
export type HealthCheckerType = "HTTP" | "TCP" | "GRPC";

/**
 * Why a check has failed. `ACTIVE`: the host answered, but not well; `PASSIVE`: an answer to ordinary traffic said
 * that it is out; the others: there was no answer.
 */
export type HealthCheckFailureType = "ACTIVE" | "PASSIVE" | "NETWORK" | "NETWORK_TIMEOUT";

/** A line of Envoy's health check event log, without what says of whom it speaks. */
export type HealthCheckEvent =
  | {
      readonly kind: "eject_unhealthy_event";
      readonly failureType: HealthCheckFailureType;
      /** 0: there was no answer. */
      readonly httpStatus: number;
    }
  | {
      readonly kind: "health_check_failure_event";
      readonly failureType: HealthCheckFailureType;
      readonly httpStatus: number;
      readonly firstCheck: boolean;
    }
  | { readonly kind: "add_healthy_event"; readonly firstCheck: boolean }
  | {
      readonly kind: "successful_health_check_event" | "degraded_healthy_host" | "no_longer_degraded_host";
    };

/** The fields of an event under Envoy's names. */
export function fieldsOf(event: HealthCheckEvent): Readonly<Record<string, string | number | boolean>> {
  switch (event.kind) {
    case "eject_unhealthy_event":
      return { failure_type: event.failureType, http_status_code: event.httpStatus };
    case "health_check_failure_event":
      return {
        failure_type: event.failureType,
        first_check: event.firstCheck,
        http_status_code: event.httpStatus,
      };
    case "add_healthy_event":
      return { first_check: event.firstCheck };
    default:
      return {};
  }
}
