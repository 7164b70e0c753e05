import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import { parseUnsigned } from "./request-headers.ts";

/** The router's time limits of one request. */
export interface RequestTimeouts {
  /** From the request having been received completely until the answer is complete; 0: none. */
  readonly global: Nanoseconds;
  /** Of each attempt; 0: none. */
  readonly perTry: Nanoseconds;
}

const ASKED = "x-envoy-upstream-rq-timeout-ms";
const EXPECTED = "x-envoy-expected-rq-timeout-ms";
/** Virtual time ends far earlier; sums of two such numbers are still exact. */
const LONGEST: Nanoseconds = 2 ** 52;

/**
 * The limits that hold for a request with this head. `routeTimeout` and `perTryTimeout` are as configured,
 * 0 for none; headers count only in requests that are `internal`. They depend on nothing else, so they may be
 * remembered by head. With `respectsExpected` the limit that a proxy before this one expects comes first, even
 * if it is no number. Envoy 1.40, FilterUtility::finalTimeout in source/common/router/router.cc.
 */
export function effectiveTimeouts(
  routeTimeout: Nanoseconds,
  perTryTimeout: Nanoseconds,
  head: RequestHead,
  internal: boolean,
  respectsExpected = false,
): RequestTimeouts {
  const isExpected = respectsExpected && head.headers.has(EXPECTED);
  const asked = internal ? headerTimeout(head, isExpected ? EXPECTED : ASKED) : undefined;
  const global = asked ?? routeTimeout;
  const perTry =
    (internal ? headerTimeout(head, "x-envoy-upstream-rq-per-try-timeout-ms") : undefined) ?? perTryTimeout;
  return { global, perTry: global !== 0 && perTry >= global ? 0 : perTry };
}

/** The milliseconds that a header asks for; undefined where it has no such number. */
export function headerTimeout(head: RequestHead, name: string): Nanoseconds | undefined {
  const milliseconds = parseUnsigned(headerValues(head, name).join(","), 2 ** 64);
  return milliseconds === undefined ? undefined : Math.min(milliseconds * MILLISECOND, LONGEST);
}

/**
 * How long the next attempt may take, as Envoy tells its host in `x-envoy-expected-rq-timeout-ms`, `elapsed` after
 * the request was complete; 0: without limit (Envoy 1.40, FilterUtility::setTimeoutHeaders).
 */
export function expectedTimeout(global: Nanoseconds, perTry: Nanoseconds, elapsed: Nanoseconds): Nanoseconds {
  const attempt = perTry === 0 ? global : perTry;
  if (attempt === 0 || global === 0) return attempt;
  return elapsed >= global ? MILLISECOND : Math.min(attempt, global - elapsed);
}
