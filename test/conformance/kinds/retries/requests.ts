import type { Draw } from "../../draw.ts";

const RETRY_ON = [
  "5xx",
  "gateway-error",
  "reset",
  "connect-failure",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
  "envoy-ratelimited",
  "gateway-error, connect-failure",
  "5xx,retriable-4xx",
  "reset,bogus",
  "bogus",
  "",
];
const GRPC_ON = ["cancelled", "internal,resource-exhausted", "deadline-exceeded", "unavailable", "nonsense"];

/** Request headers that change retries, right and wrong ones. */
export function drawRetryHeaders(draw: Draw): Record<string, string> {
  return {
    ...draw.maybe(0.35, () => ({ "x-envoy-retry-on": draw.pick(RETRY_ON) })),
    ...draw.maybe(0.12, () => ({ "x-envoy-retry-grpc-on": draw.pick(GRPC_ON) })),
    ...draw.maybe(0.25, () => ({ "x-envoy-max-retries": draw.pick(["0", "1", "2", "3", "x", "-1", " 2"]) })),
    ...draw.maybe(0.12, () => ({
      "x-envoy-retriable-status-codes": draw.pick(["409, 429", "200,404", "418", "x,503", "500"]),
    })),
    ...draw.maybe(0.1, () => ({
      "x-envoy-retriable-header-names": draw.pick([
        "x-nothing, x-please-retry",
        "x-please-retry",
        "x-envoy-overloaded",
      ]),
    })),
    ...draw.maybe(0.1, () => ({
      "x-envoy-upstream-rq-per-try-timeout-ms": draw.pick(["60", "90", "700", "x"]),
    })),
    ...draw.maybe(0.1, () => ({ "x-envoy-upstream-rq-timeout-ms": draw.pick(["150", "205", "0"]) })),
    ...draw.maybe(0.2, () => ({ "x-idempotent": "1" })),
    ...draw.maybe(0.08, () => ({ "x-envoy-hedge-on-per-try-timeout": draw.pick(["true", "false"]) })),
    ...draw.maybe(0.06, () => ({ "x-envoy-upstream-stream-duration-ms": draw.pick(["110", "0", "x"]) })),
  };
}
