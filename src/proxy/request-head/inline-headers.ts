import type { RequestHead } from "../../http/request-head.ts";

/**
 * Request headers of which Envoy's header map holds one entry: repeated lines become one value, separated by
 * commas. The values of others stay apart. Envoy 1.40: INLINE_REQ_STRING_HEADERS, INLINE_REQ_NUMERIC_HEADERS and
 * INLINE_REQ_RESP_HEADERS in envoy/http/header_map.h, and what extensions of the standard build register.
 */
const INLINE = new Set([
  "accept",
  "accept-encoding",
  "access-control-request-method",
  "authorization",
  "cache-control",
  "connection",
  "content-type",
  "expect",
  "grpc-timeout",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "keep-alive",
  "origin",
  "pragma",
  "proxy-connection",
  "referer",
  "te",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "via",
  "x-client-trace-id",
  "x-envoy-attempt-count",
  "x-envoy-decorator-operation",
  "x-envoy-downstream-service-cluster",
  "x-envoy-downstream-service-node",
  "x-envoy-expected-rq-timeout-ms",
  "x-envoy-external-address",
  "x-envoy-force-trace",
  "x-envoy-hedge-on-per-try-timeout",
  "x-envoy-internal",
  "x-envoy-ip-tags",
  "x-envoy-is-timeout-retry",
  "x-envoy-max-retries",
  "x-envoy-original-host",
  "x-envoy-original-path",
  "x-envoy-original-url",
  "x-envoy-retriable-header-names",
  "x-envoy-retriable-status-codes",
  "x-envoy-retry-grpc-on",
  "x-envoy-retry-on",
  "x-envoy-upstream-alt-stat-name",
  "x-envoy-upstream-rq-per-try-timeout-ms",
  "x-envoy-upstream-rq-timeout-alt-response",
  "x-envoy-upstream-rq-timeout-ms",
  "x-envoy-upstream-stream-duration-ms",
  "x-forwarded-client-cert",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-request-id",
]);

/** The head as Envoy's header map holds it; the same one where no inline header is repeated. */
export function withInlineHeadersJoined(head: RequestHead): RequestHead {
  let joined: Map<string, readonly string[]> | undefined;
  for (const [name, values] of head.headers) {
    if (values.length < 2 || !INLINE.has(name)) continue;
    joined ??= new Map(head.headers);
    joined.set(name, [values.join(",")]);
  }
  return joined === undefined ? head : { ...head, headers: joined };
}
