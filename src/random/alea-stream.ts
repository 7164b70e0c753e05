import seedrandom from "seedrandom";
import type { RandomStream } from "./random-stream.ts";

/** Baagøe's Alea generator, from seedrandom. */
export class AleaStream implements RandomStream {
  readonly #alea: seedrandom.PRNG;

  /** Equal keys give equal streams. seedrandom replaces an absent seed by a fixed one, so an empty key is refused. */
  constructor(key: string) {
    if (key === "") throw new RangeError("a random stream needs a key");
    this.#alea = seedrandom.alea(key);
  }

  uniform(): number {
    let u = this.#alea.double();
    while (u === 0) u = this.#alea.double();
    return u;
  }

  uint32(): number {
    return this.#alea.int32() >>> 0;
  }
}
