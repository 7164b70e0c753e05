import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { parseRetryGrpcOn, parseRetryOn } from "./retry-on.ts";
import type { HeaderTest, RetryPolicy } from "./retry-policy.ts";

const TOO_EARLY = 425;
const ASKING = ["x-envoy-retry-on", "x-envoy-retry-grpc-on"];

/**
 * The policy for an internal request with this head: its `x-envoy-retry-*` headers add conditions and status
 * codes and replace the number of retries. The same policy when it has none; it depends on the head alone, so
 * it may be remembered by head. (External requests lose these headers on arrival.)
 * Envoy 1.40, constructor of RetryStateImpl.
 */
export function withRetryHeaders(policy: RetryPolicy, head: RequestHead): RetryPolicy {
  const text = (name: string): string => headerValues(head, name).join(",");
  const isRetriable =
    policy.retriableRequestHeaders.length === 0 ||
    policy.retriableRequestHeaders.some(({ name, fits }) => fits(headerValues(head, name)));
  const asked =
    policy.retryOn |
    parseRetryOn(text("x-envoy-retry-on")).bits |
    parseRetryGrpcOn(text("x-envoy-retry-grpc-on")).bits;
  const retryOn = isRetriable ? asked : 0;
  const names = headerNames(text("x-envoy-retriable-header-names"));
  const maxRetries = retryOn === 0 ? undefined : parseUnsigned(text("x-envoy-max-retries"), 2 ** 64);
  const codes = parseCodes(text("x-envoy-retriable-status-codes"));
  // A request that came as early data is not sent again at once: its client has to see the 425.
  const isEarlyData = headerValues(head, "early-data").length > 0;
  const hasEarlyCode = isEarlyData && [...policy.retriableStatusCodes, ...codes].includes(TOO_EARLY);
  // Envoy 1.40, RetryStateImpl::create: asking is enough, whether or not it asks for anything that there is.
  const isActive = policy.isActive || ASKING.some((name) => head.headers.has(name));
  if (
    retryOn === policy.retryOn &&
    isActive === policy.isActive &&
    maxRetries === undefined &&
    codes.length === 0 &&
    names.length === 0 &&
    !hasEarlyCode
  ) {
    return policy;
  }
  const allCodes = [...policy.retriableStatusCodes, ...codes];
  return Object.freeze({
    ...policy,
    retryOn,
    isActive,
    numRetries: maxRetries ?? policy.numRetries,
    retriableHeaders: [...policy.retriableHeaders, ...names.map(isPresent)],
    retriableStatusCodes: isEarlyData ? allCodes.filter((code) => code !== TOO_EARLY) : allCodes,
  });
}

function headerNames(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}

function isPresent(name: string): HeaderTest {
  return { name, fits: (values) => values.length > 0 };
}

function parseCodes(list: string): number[] {
  return list.split(",").flatMap((text) => parseUnsigned(text, 2 ** 32) ?? []);
}

/** An unsigned decimal number below the limit, with white space around it; undefined for anything else. */
export function parseUnsigned(text: string, limit: number): number | undefined {
  const digits = /^\s*\+?(\d+)\s*$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = Number(digits);
  return value < limit ? value : undefined;
}
