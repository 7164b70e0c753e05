import type { RandomStream } from "./random-stream.ts";
import type { Random64 } from "./random64.ts";

const TWO_TO_32 = 2 ** 32;

/** A Random64 that takes two draws of the stream for each number, the high half first. */
export function stream64(stream: RandomStream): Random64 {
  return new Stream64(stream);
}

class Stream64 implements Random64 {
  readonly #stream: RandomStream;
  high = 0;
  low = 0;

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  draw(): void {
    this.high = this.#stream.uint32();
    this.low = this.#stream.uint32();
  }

  mod(n: number): number {
    return modulo64(this.high, this.low, n);
  }
}

/** The number of these two halves modulo n (1 <= n <= 2^32). */
export function modulo64(high: number, low: number, n: number): number {
  return n <= 0x10000 ? modSmall(high, low, n) : modLarge(high, low, n);
}

/**
 * Long division with digits of 32 bits. For n <= 2^16 every dividend is below 2^48: its quotient is then farther from the
 * next whole number than rounding goes, and a division is much faster than `%` for numbers that are not small.
 */
function modSmall(hi: number, lo: number, n: number): number {
  const r = (hi - Math.floor(hi / n) * n) * TWO_TO_32 + lo;
  return r - Math.floor(r / n) * n;
}

/** Long division with digits of 21 and 11 bits: for n <= 2^32 every step stays below 2^53, where numbers are exact. */
function modLarge(hi: number, lo: number, n: number): number {
  const r = ((hi % n) * 0x200000 + (lo >>> 11)) % n;
  return (r * 0x800 + (lo & 0x7ff)) % n;
}
