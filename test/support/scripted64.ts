import type { Random64 } from "../../src/random/random64.ts";

/**
 * A Random64 for tests: plays the given unsigned 64-bit numbers, written in decimal, in order. A draw beyond
 * the last throws, as does `mod` before the first.
 */
export function scripted64(draws: readonly string[]): Scripted64 {
  return new Scripted64(draws);
}

export class Scripted64 implements Random64 {
  readonly #draws: readonly bigint[];
  #drawn = 0;

  /** Throws a RangeError for a number outside [0, 2^64), a SyntaxError for what is no number. */
  constructor(draws: readonly string[]) {
    this.#draws = draws.map(parseU64);
  }

  /** How many of the numbers have been drawn. */
  get drawn(): number {
    return this.#drawn;
  }

  draw(): void {
    if (this.#drawn === this.#draws.length) throw new RangeError(`only ${this.#drawn} draws are scripted`);
    this.#drawn++;
  }

  mod(n: number): number {
    return Number(this.#last() % BigInt(n));
  }

  get high(): number {
    return Number(this.#last() >> 32n);
  }

  get low(): number {
    return Number(this.#last() & 0xffffffffn);
  }

  #last(): bigint {
    const last = this.#draws[this.#drawn - 1];
    if (last === undefined) throw new RangeError("nothing has been drawn yet");
    return last;
  }
}

function parseU64(text: string): bigint {
  const value = BigInt(text);
  if (value < 0n || value >= 1n << 64n) throw new RangeError(`${text} is not an unsigned 64-bit number`);
  return value;
}
