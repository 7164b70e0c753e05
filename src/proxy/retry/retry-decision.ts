import { ResetReason } from "../../http/reset-reason.ts";
import { NO_HEADERS, type ResponseHeaders } from "../../network/stream.ts";
import { RetryOn } from "./retry-on.ts";
import type { HeaderTest, RetryPolicy } from "./retry-policy.ts";

/** What an outcome calls for, before limits are looked at: no retry, one after a back-off, or one at once. */
export type RetryWish = "no" | "backoff" | "immediate";

const TOO_EARLY = 425;

/** The bit of RetryOn that covers a grpc-status. Only headers count: one in trailers comes too late. */
const GRPC_STATUS: ReadonlyMap<string, number> = new Map([
  ["1", RetryOn.grpcCancelled],
  ["4", RetryOn.grpcDeadlineExceeded],
  ["8", RetryOn.grpcResourceExhausted],
  ["13", RetryOn.grpcInternal],
  ["14", RetryOn.grpcUnavailable],
]);

/** Envoy 1.40, RetryStateImpl::wouldRetryFromHeaders. */
export function wantsRetryForHeaders(
  policy: RetryPolicy,
  status: number,
  headers: ResponseHeaders,
): RetryWish {
  const { retryOn } = policy;
  if (headers !== NO_HEADERS && headers.has("x-envoy-ratelimited"))
    return retryOn & RetryOn.envoyRateLimited ? "backoff" : "no";
  if (retryOn & RetryOn.fiveXx && status >= 500 && status <= 599) return "backoff";
  if (retryOn & RetryOn.gatewayError && status >= 502 && status <= 504) return "backoff";
  if (retryOn & RetryOn.retriable4xx && status === 409) return "backoff";
  if (retryOn & RetryOn.retriableStatusCodes && policy.retriableStatusCodes.includes(status)) {
    return status === TOO_EARLY ? "immediate" : "backoff";
  }
  if (retryOn & RetryOn.retriableHeaders && fitsOne(policy.retriableHeaders, status, headers))
    return "backoff";
  if (headers === NO_HEADERS) return "no";
  const grpcStatus = GRPC_STATUS.get(headers.get("grpc-status") ?? "") ?? 0;
  return retryOn & grpcStatus ? "backoff" : "no";
}

function fitsOne(tests: readonly HeaderTest[], status: number, headers: ResponseHeaders): boolean {
  return tests.some(({ name, fits }) => {
    const value = name === ":status" ? String(status) : headers.get(name);
    return fits(value === undefined ? [] : [value]);
  });
}

/**
 * Whether a stream that ended without an answer is retried; `sentBytes`: some attempt of this request has
 * sent a byte upstream. Envoy 1.40, RetryStateImpl::wouldRetryFromReset.
 */
export function wantsRetryForReset(policy: RetryPolicy, reason: ResetReason, sentBytes: boolean): RetryWish {
  const { retryOn } = policy;
  if (reason === ResetReason.overflow) return "no";
  if (retryOn & RetryOn.connectFailure && isConnectFailure(reason)) return "backoff";
  if (retryOn & RetryOn.resetBeforeRequest && !sentBytes) return "backoff";
  if (retryOn & (RetryOn.reset | RetryOn.fiveXx | RetryOn.gatewayError)) return "backoff";
  if (retryOn & RetryOn.refusedStream && reason === ResetReason.remoteRefusedStreamReset) return "backoff";
  return "no";
}

function isConnectFailure(reason: ResetReason): boolean {
  return (
    reason === ResetReason.localConnectionFailure ||
    reason === ResetReason.remoteConnectionFailure ||
    reason === ResetReason.connectionTimeout
  );
}
