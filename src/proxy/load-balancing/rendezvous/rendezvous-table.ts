import ln from "@stdlib/math-base-special-ln";
import type { U64 } from "../../../hash/u64.ts";
import { xxHash64 } from "../../../hash/xxhash64.ts";
import { luck } from "../../../random/luck.ts";
import type { HashKind, HashTable } from "../shared/hash-table.ts";

/**
 * Every host has a score for every hash, and the highest wins: weight / -ln(u), u uniform by hash and host
 * (Thaler and Ravishankar's highest random weight, with the weights of Wang and Ravishankar). A look-up asks all
 * hosts: it is linear in them by its nature.
 */
class RendezvousTable implements HashTable {
  readonly gauges = {};
  readonly #hashes: readonly U64[];
  readonly #weights: readonly number[];
  readonly #isWeighted: boolean;

  constructor(keys: readonly string[], weights: readonly number[]) {
    this.#hashes = keys.map((key) => xxHash64(key));
    this.#weights = weights;
    this.#isWeighted = weights.some((weight) => weight !== weights[0]);
  }

  /** By weight, as is the point of it. */
  shares(): readonly number[] {
    return this.#weights;
  }

  /** A further attempt takes the host with the next lower score. */
  lookUp(hash: U64, attempt: number): number {
    const scores = this.#hashes.map((own, i) => this.#score(hash, own, i));
    let best = highest(scores);
    for (let left = attempt % scores.length; left > 0; left--) {
      scores[best] = Number.NEGATIVE_INFINITY;
      best = highest(scores);
    }
    return best;
  }

  #score(hash: U64, own: U64, host: number): number {
    const uniform = luck(hash.high ^ own.high, hash.low ^ own.low, 0, 0, 0);
    return this.#isWeighted ? this.#weights[host]! / -ln(uniform) : uniform;
  }
}

function highest(scores: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

export const rendezvousKind: HashKind = { build: (keys, weights) => new RendezvousTable(keys, weights) };
