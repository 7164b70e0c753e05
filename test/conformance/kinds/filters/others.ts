import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";

/** Answers checks of its own path, by the health of a cluster where that is asked for. */
export function drawHealthCheck(draw: Draw, cluster: string): Json {
  const isPassing = draw.chance(0.3);
  return {
    name: "envoy.filters.http.health_check",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck",
      pass_through_mode: isPassing,
      ...(isPassing ? draw.maybe(0.5, () => ({ cache_time: "600s" })) : {}),
      ...(isPassing
        ? {}
        : draw.maybe(0.5, () => ({
            cluster_min_healthy_percentages: {
              [draw.chance(0.7) ? cluster : "elsewhere"]: { value: draw.pick([0, 50, 100]) },
            },
          }))),
      headers: [{ name: ":path", string_match: { prefix: "/ready" } }],
    },
  };
}

/** It counts successes and failures; nothing is rejected, or nothing below a rate that no case reaches. */
export function drawAdmissionControl(draw: Draw): Json {
  return {
    name: "envoy.filters.http.admission_control",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.admission_control.v3.AdmissionControl",
      ...draw.maybe(0.9, () => ({ enabled: { default_value: draw.chance(0.9), runtime_key: "none" } })),
      ...(draw.chance(0.5)
        ? { max_rejection_probability: { default_value: { value: 0 }, runtime_key: "none" } }
        : { rps_threshold: { default_value: 100_000, runtime_key: "none" } }),
      success_criteria: {
        ...draw.maybe(0.5, () => ({
          http_criteria: { http_success_status: [{ start: 200, end: draw.pick([300, 404, 405]) }] },
        })),
        ...draw.maybe(0.5, () => ({ grpc_criteria: { grpc_success_status: draw.some([0, 5, 14], 2) } })),
      },
    },
  };
}
