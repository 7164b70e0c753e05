import { HOUR, MICROSECOND, MILLISECOND, MINUTE, type Nanoseconds, SECOND } from "../../kernel/time.ts";

const UNITS: Readonly<Record<string, Nanoseconds>> = {
  H: HOUR,
  M: MINUTE,
  S: SECOND,
  m: MILLISECOND,
  u: MICROSECOND,
  n: 1,
};

/**
 * The time limit of a `grpc-timeout` header, rounded up to whole milliseconds; undefined where it has none
 * (Envoy 1.40, Common::getGrpcTimeout in source/common/grpc/common.cc).
 */
export function grpcTimeout(text: string | undefined): Nanoseconds | undefined {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(text ?? "") ?? [];
  if (digits === undefined) return undefined;
  return Math.ceil((Number(digits) * UNITS[unit!]!) / MILLISECOND) * MILLISECOND;
}

/** A `grpc-timeout` as far as the limits of a route let it count; a limit of 0 lets all count. */
export function withinGrpcLimits(asked: Nanoseconds, max: Nanoseconds, offset: Nanoseconds): Nanoseconds {
  const limited = max === 0 ? asked : Math.min(asked, max);
  return limited === 0 ? 0 : Math.max(0, limited - offset);
}

/**
 * The time limit of a request whose route has `max_grpc_timeout`: that of its `grpc-timeout` less the offset, if
 * there is anything left then, but not above the maximum; 0 means none (Envoy 1.40, FilterUtility::finalTimeout).
 */
export function cappedGrpcTimeout(
  header: string | undefined,
  max: Nanoseconds,
  offset: Nanoseconds,
): Nanoseconds {
  const asked = grpcTimeout(header) ?? 0;
  const left = offset < asked ? asked - offset : asked;
  return max !== 0 && (left === 0 || left > max) ? max : left;
}

/** The text of a `grpc-timeout`: at most eight digits, in the smallest unit that fits (Envoy 1.40, Common::toGrpcTimeout). */
export function asGrpcTimeout(milliseconds: number): string {
  const most = 99_999_999;
  let value = milliseconds;
  for (const [unit, next] of [
    ["m", 1_000],
    ["S", 60],
    ["M", 60],
  ] as const) {
    if (value <= most) return `${value}${unit}`;
    value = Math.trunc(value / next);
  }
  return `${Math.min(value, most)}H`;
}
