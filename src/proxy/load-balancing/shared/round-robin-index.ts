const TWO_TO_32 = 0x1_0000_0000;

/**
 * Envoy's unsigned 64-bit position of round robin, reduced by the length of a list that may change. The
 * remainder is carried on from turn to turn, and worked out anew only for another length or when the number
 * wraps.
 */
export class RoundRobinIndex {
  #high: number;
  #low: number;
  #length = 0;
  #remainder = 0;

  /** The two 32-bit halves of where it starts. */
  constructor(high: number, low: number) {
    this.#high = high;
    this.#low = low;
  }

  static at({ high, low }: { readonly high: number; readonly low: number }): RoundRobinIndex {
    return new RoundRobinIndex(high, low);
  }

  /** The place in a list of this length (1 to 2^21), and one step on. */
  next(length: number): number {
    this.#reduce(length);
    const place = this.#remainder;
    this.#remainder = place + 1 === length ? 0 : place + 1;
    this.#increment();
    return place;
  }

  /** The place `ahead` steps after the next one. */
  peek(length: number, ahead: number): number {
    this.#reduce(length);
    return (this.#remainder + ahead) % length;
  }

  #reduce(length: number): void {
    if (length === this.#length) return;
    this.#length = length;
    this.#remainder = this.#modulo(length);
  }

  #increment(): void {
    if (++this.#low < TWO_TO_32) return;
    this.#low = 0;
    if (++this.#high < TWO_TO_32) return;
    this.#high = 0;
    this.#remainder = 0;
  }

  #modulo(length: number): number {
    return ((((this.#high % length) * (TWO_TO_32 % length)) % length) + (this.#low % length)) % length;
  }
}
