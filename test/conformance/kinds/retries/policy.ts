import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";

/** Every value of `retry_on`. */
const RETRY_ON = [
  "5xx",
  "gateway-error",
  "reset",
  "reset-before-request",
  "connect-failure",
  "envoy-ratelimited",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
  "http3-post-connect-failure",
  "cancelled",
  "deadline-exceeded",
  "internal",
  "resource-exhausted",
  "unavailable",
];
const STATUS_CODES = [200, 400, 404, 409, 418, 429, 500, 503];
const RESPONSE_HEADERS: readonly Json[] = [
  { name: "x-please-retry", present_match: true },
  { name: "x-please-retry", string_match: { prefix: "y" } },
  { name: ":status", string_match: { exact: "404" } },
  { name: "x-envoy-overloaded", present_match: true },
];
/** Sums of these stay away from each other and from the timeouts of routes. */
const PER_TRY_MS = [60, 90];
const PER_TRY_IDLE_MS = 45;
const EXTENSION = "type.googleapis.com/envoy.extensions.retry";
const HOST_PREDICATES: readonly Json[] = [
  {
    name: "envoy.retry_host_predicates.previous_hosts",
    typed_config: { "@type": `${EXTENSION}.host.previous_hosts.v3.PreviousHostsPredicate` },
  },
  {
    name: "envoy.retry_host_predicates.omit_canary_hosts",
    typed_config: { "@type": `${EXTENSION}.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate` },
  },
  {
    name: "envoy.retry_host_predicates.omit_host_metadata",
    typed_config: {
      "@type": `${EXTENSION}.host.omit_host_metadata.v3.OmitHostMetadataConfig`,
      metadata_match: { filter_metadata: { "envoy.lb": { canary: true } } },
    },
  },
];

function previousPriorities(update_frequency: number): Json {
  return {
    name: "envoy.retry_priorities.previous_priorities",
    typed_config: {
      "@type": `${EXTENSION}.priority.previous_priorities.v3.PreviousPrioritiesConfig`,
      update_frequency,
    },
  };
}

/** A retry policy; its back-off is too short to be noticed. */
export function drawRetryPolicy(draw: Draw): Json {
  const retryOn = draw.some(RETRY_ON, draw.pick([1, 1, 2, 3]));
  return {
    retry_on: retryOn.join(","),
    ...draw.maybe(0.75, () => ({ num_retries: draw.whole(0, 3) })),
    ...draw.maybe(0.5, () => ({ per_try_timeout: `${draw.pick(PER_TRY_MS) / 1000}s` })),
    ...draw.maybe(0.35, () => ({ retriable_status_codes: draw.some(STATUS_CODES, draw.whole(1, 3)) })),
    ...draw.maybe(0.3, () => ({ retriable_headers: [draw.pick(RESPONSE_HEADERS)] })),
    ...draw.maybe(0.12, () => ({
      retriable_request_headers: [{ name: "x-idempotent", present_match: true }],
    })),
    ...draw.maybe(0.2, () => ({
      retry_host_predicate: draw.some(HOST_PREDICATES, draw.pick([1, 1, 2])),
      ...draw.maybe(0.7, () => ({ host_selection_retry_max_attempts: draw.whole(1, 6) })),
    })),
    ...draw.maybe(0.15, () => ({ per_try_idle_timeout: `${PER_TRY_IDLE_MS / 1000}s` })),
    ...draw.maybe(0.3, () => ({ refresh_cluster_on_retry: true })),
    ...draw.maybe(0.2, () => ({ retry_priority: previousPriorities(draw.whole(1, 2)) })),
    // Either no answer's time counts, or a second's wait ends with the timeout of the route.
    ...draw.maybe(0.15, () => ({
      rate_limited_retry_back_off: {
        reset_headers: [{ name: "retry-after", format: draw.pick(["SECONDS", "UNIX_TIMESTAMP"]) }],
        max_interval: draw.pick(["0.5s", "300s"]),
      },
    })),
    retry_back_off: { base_interval: "0.001s", max_interval: "0.002s" },
  };
}
