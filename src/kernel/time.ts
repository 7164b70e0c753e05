/**
 * Virtual time is a whole number of nanoseconds in a `number`, exact up to 2^53 ns (104 days).
 * Only reports and messages convert.
 */
export type Nanoseconds = number;

export const MICROSECOND = 1_000;
export const MILLISECOND = 1_000_000;
export const SECOND = 1_000_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/**
 * The nearest whole nanosecond of a non-negative duration. (`Math.round` is several times slower than this.)
 */
export function wholeNanoseconds(time: number): Nanoseconds {
  return Math.trunc(time + 0.5);
}
