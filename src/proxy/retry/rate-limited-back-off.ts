import type { Message } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { ResponseHeaders } from "../../network/stream.ts";
import type { Random64 } from "../../random/random64.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import { parseUnsigned } from "./request-headers.ts";

/** How long an answer asks to wait, such as by `retry-after`: `route.v3.RetryPolicy.RateLimitedRetryBackOff`. */
export interface RateLimitedBackOff {
  readonly resetHeaders: readonly { readonly name: string; readonly isTimestamp: boolean }[];
  readonly maxIntervalMs: number;
}

const DEFAULT_MAX_INTERVAL: Nanoseconds = 300 * SECOND;
const MS_PER_SECOND = 1000;

export function readRateLimitedBackOff(backOff: Message | undefined): RateLimitedBackOff | undefined {
  if (backOff === undefined) return undefined;
  return {
    resetHeaders: backOff.messages("reset_headers").map((header) => ({
      name: header.string("name").toLowerCase(),
      isTimestamp: header.enum("format", "SECONDS") !== "SECONDS",
    })),
    maxIntervalMs: timerDuration(backOff, "max_interval", DEFAULT_MAX_INTERVAL) / MILLISECOND,
  };
}

/**
 * The interval that an answer asks for, by the first of the headers that gives one within the limit; undefined:
 * none does. Envoy 1.40, RetryStateImpl::parseResetInterval; the virtual clock's 0 stands for 1970-01-01.
 */
export function askedIntervalMs(
  { resetHeaders, maxIntervalMs }: RateLimitedBackOff,
  headers: ResponseHeaders,
  now: Nanoseconds,
): number | undefined {
  const nowSeconds = Math.trunc(now / SECOND);
  for (const { name, isTimestamp } of resetHeaders) {
    const value = parseUnsigned(headers.get(name) ?? "", 2 ** 64);
    if (value === undefined || (isTimestamp && value < nowSeconds)) continue;
    const intervalMs = (isTimestamp ? value - nowSeconds : value) * MS_PER_SECOND;
    if (intervalMs <= maxIntervalMs) return intervalMs;
  }
  return undefined;
}

/** The interval with up to half of it as jitter; one draw (Envoy 1.40, JitteredLowerBoundBackOffStrategy). */
export function jitteredIntervalMs(intervalMs: number, random: Random64): number {
  random.draw("back-off in ms beyond what was asked for");
  return intervalMs + random.mod(Math.trunc(intervalMs / 2));
}
