/** An unsigned 64-bit number in two halves, each a whole number in [0, 2^32). */
export interface U64 {
  readonly high: number;
  readonly low: number;
}

/** Negative, 0 or positive as a is less than, equal to or greater than b. */
export function compareU64(a: U64, b: U64): number {
  return a.high === b.high ? a.low - b.low : a.high - b.high;
}

/** The number modulo n (1 <= n <= 2^32), exactly: long division by digits of 21 and 11 bits stays below 2^53. */
export function moduloU64({ high, low }: U64, n: number): number {
  const upper = ((high % n) * 0x200000 + (low >>> 11)) % n;
  return (upper * 0x800 + (low & 0x7ff)) % n;
}

/** 16 lower-case hexadecimal digits. */
export function hexOfU64({ high, low }: U64): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
