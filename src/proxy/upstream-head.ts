import type { RequestHead } from "../http/request-head.ts";
import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import { asGrpcTimeout } from "./retry/grpc-timeout.ts";
import type { RouterOptions } from "./router-options.ts";

/**
 * Headers that the router takes for itself (Envoy 1.40, FilterUtility::finalTimeout, RetryStateImpl::create and
 * Filter::continueDecodeHeaders).
 */
const CONSUMED = [
  "x-envoy-upstream-rq-per-try-timeout-ms",
  "x-envoy-upstream-rq-timeout-alt-response",
  "x-envoy-upstream-alt-stat-name",
  "x-envoy-upstream-stream-duration-ms",
  "x-envoy-retry-on",
  "x-envoy-retry-grpc-on",
  "x-envoy-max-retries",
  "x-envoy-hedge-on-per-try-timeout",
  "x-envoy-retriable-header-names",
  "x-envoy-retriable-status-codes",
];
const TIMEOUT = "x-envoy-upstream-rq-timeout-ms";
const EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";
/** What a rewriting route adds. */
const ORIGINAL = ["x-envoy-original-host", "x-envoy-original-path"];

/** What the router says in the head of an attempt. */
export interface AttemptHeaders {
  /** Its number; undefined: it is not told. */
  readonly attempt: number | undefined;
  /** Whether the attempt before was too slow; undefined: that is not told. */
  readonly isTimeoutRetry: boolean | undefined;
  /** What is left of the time, 0: no limit. */
  readonly left: Nanoseconds;
  /** Whether a gRPC server is told of it as well. */
  readonly tellsGrpc: boolean;
}

/** A head without what the router takes from it. `asReceived`: before the route has rewritten it. */
export function withoutConsumed(
  head: RequestHead,
  asReceived: RequestHead,
  { suppressesEnvoyHeaders, respectsExpectedTimeout }: RouterOptions,
): RequestHead {
  const keepsTimeout = respectsExpectedTimeout && head.headers.has(EXPECTED_TIMEOUT);
  const unwanted = keepsTimeout ? CONSUMED : [...CONSUMED, TIMEOUT];
  const isRewritten = suppressesEnvoyHeaders && head !== asReceived;
  if (!isRewritten && !unwanted.some((name) => head.headers.has(name))) return head;
  const headers = new Map(head.headers);
  for (const name of unwanted) headers.delete(name);
  if (isRewritten) {
    for (const name of ORIGINAL) {
      const before = asReceived.headers.get(name);
      if (before === undefined) headers.delete(name);
      else headers.set(name, before);
    }
  }
  return { ...head, headers };
}

/** The head of one attempt; the same one where nothing changes. */
export function headOfAttempt(
  head: RequestHead,
  { attempt, isTimeoutRetry, left, tellsGrpc }: AttemptHeaders,
  { suppressesEnvoyHeaders }: RouterOptions,
): RequestHead {
  const changes: (readonly [name: string, value: string])[] = [];
  if (attempt !== undefined) changes.push(["x-envoy-attempt-count", String(attempt)]);
  if (isTimeoutRetry !== undefined) changes.push(["x-envoy-is-timeout-retry", String(isTimeoutRetry)]);
  if (left > 0) {
    const milliseconds = Math.trunc(left / MILLISECOND);
    if (!suppressesEnvoyHeaders) changes.push([EXPECTED_TIMEOUT, String(milliseconds)]);
    if (tellsGrpc) changes.push(["grpc-timeout", asGrpcTimeout(milliseconds)]);
  }
  if (changes.every(([name, value]) => head.headers.get(name)?.[0] === value)) return head;
  const headers = new Map(head.headers);
  for (const [name, value] of changes) headers.set(name, [value]);
  return { ...head, headers };
}
