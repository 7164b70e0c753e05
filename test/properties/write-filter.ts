import type { FilterParameters } from "./world-parameters.ts";

const HTTP = "type.googleapis.com/envoy.extensions.filters.http";
const ALWAYS = { default_value: { numerator: 100 } };

/** An HTTP filter as Envoy's configuration has it. */
export function filterOf(filter: FilterParameters): object {
  switch (filter.kind) {
    case "fault":
      return httpFilter("fault", "fault.v3.HTTPFault", {
        delay: { fixed_delay: `${filter.delayMs / 1000}s`, percentage: { numerator: filter.delayed } },
        abort: { http_status: 503, percentage: { numerator: filter.aborted } },
      });
    case "local rate limit":
      return httpFilter("local_ratelimit", "local_ratelimit.v3.LocalRateLimit", {
        stat_prefix: "limit",
        token_bucket: {
          max_tokens: filter.tokens,
          tokens_per_fill: filter.tokens,
          fill_interval: `${filter.fillMs / 1000}s`,
        },
        filter_enabled: ALWAYS,
        filter_enforced: ALWAYS,
      });
    case "admission control":
      return httpFilter("admission_control", "admission_control.v3.AdmissionControl", {
        enabled: { default_value: true, runtime_key: "admission.enabled" },
        success_criteria: { http_criteria: { http_success_status: [{ start: 200, end: 400 }] } },
        sampling_window: "1s",
        sr_threshold: { default_value: { value: filter.threshold }, runtime_key: "admission.threshold" },
      });
    case "adaptive concurrency":
      return httpFilter("adaptive_concurrency", "adaptive_concurrency.v3.AdaptiveConcurrency", {
        enabled: { default_value: true, runtime_key: "adaptive.enabled" },
        gradient_controller_config: {
          sample_aggregate_percentile: { value: 90 },
          concurrency_limit_params: {
            max_concurrency_limit: 20,
            concurrency_update_interval: `${filter.windowMs / 1000}s`,
          },
          min_rtt_calc_params: { interval: "60s", request_count: 5, jitter: { value: 0 } },
        },
      });
  }
}

function httpFilter(name: string, type: string, config: object): object {
  return { name: `envoy.filters.http.${name}`, typed_config: { "@type": `${HTTP}.${type}`, ...config } };
}

/** Statistics that count the requests that filters of this kind have answered. */
export const repliesOfFilters =
  /^(http\.ingress\.(fault\.aborts_injected|admission_control\.rq_rejected|adaptive_concurrency\.gradient_controller\.rq_blocked)|limit\.http_local_rate_limit\.enforced)$/;
