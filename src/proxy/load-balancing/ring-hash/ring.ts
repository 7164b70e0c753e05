import { murmurHash2 } from "../../../hash/murmur2.ts";
import { compareU64, type U64 } from "../../../hash/u64.ts";
import { xxHash64 } from "../../../hash/xxhash64.ts";
import type { HashKind, HashTable } from "../shared/hash-table.ts";

export interface RingOptions {
  readonly hashFunction: "XX_HASH" | "MURMUR_HASH_2";
  readonly minimumSize: number;
  readonly maximumSize: number;
}

const TWO_TO_23 = 0x80_0000;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * Hosts at pseudo-random points of a circle, the more points the greater their weight; a hash falls to the next
 * point (Envoy 1.40, .../ring_hash/ring_hash_lb.cc).
 */
export class Ring implements HashTable {
  readonly gauges: Readonly<Record<string, number>>;
  /** The points in order: the two halves of their hashes and whose they are. */
  readonly #highs: Uint32Array;
  readonly #lows: Uint32Array;
  readonly #owners: Uint32Array;
  /** Points of each host. */
  readonly #counts: readonly number[];

  constructor(points: readonly RingPoints[], size: number) {
    const counts = points.map(({ hashes }) => hashes.length);
    this.gauges = {
      "ring_hash_lb.size": size,
      "ring_hash_lb.min_hashes_per_host": counts.reduce((least, count) => Math.min(least, count), size),
      "ring_hash_lb.max_hashes_per_host": counts.reduce((most, count) => Math.max(most, count), 0),
    };
    const total = counts.reduce((sum, count) => sum + count, 0);
    this.#counts = counts;
    this.#highs = new Uint32Array(total);
    this.#lows = new Uint32Array(total);
    this.#owners = new Uint32Array(total);
    this.#fill(points);
  }

  lookUp(hash: U64, attempt: number): number {
    const size = this.#owners.length;
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(middle, hash)) low = middle + 1;
      else high = middle;
    }
    return this.#owners[(low + attempt) % size]!;
  }

  shares(): number[] {
    const counts = this.#counts.map(() => 0);
    const size = this.#owners.length;
    for (let i = 0; i < size; i++) {
      const before = i === 0 ? size - 1 : i - 1;
      // Halves apart, so that nothing is lost before the division; the first arc passes 0.
      const high = this.#highs[i]! - this.#highs[before]! + (i === 0 ? TWO_TO_32 : 0);
      counts[this.#owners[i]!]! += (high + (this.#lows[i]! - this.#lows[before]!) / TWO_TO_32) / TWO_TO_32;
    }
    return counts;
  }

  /** The points in order, for tests and explanations. */
  *points(): Generator<{ readonly hash: U64; readonly owner: number }> {
    for (let i = 0; i < this.#owners.length; i++)
      yield { hash: { high: this.#highs[i]!, low: this.#lows[i]! }, owner: this.#owners[i]! };
  }

  #isBefore(i: number, hash: U64): boolean {
    const high = this.#highs[i]!;
    return high < hash.high || (high === hash.high && this.#lows[i]! < hash.low);
  }

  #fill(points: readonly RingPoints[]): void {
    const all = points.flatMap(({ hashes }, owner) => hashes.map((hash) => ({ hash, owner })));
    sortedOrder(all.map(({ hash }) => hash)).forEach((from, to) => {
      const { hash, owner } = all[from]!;
      this.#highs[to] = hash.high;
      this.#lows[to] = hash.low;
      this.#owners[to] = owner;
    });
  }
}

/** The points of one host. */
export interface RingPoints {
  readonly hashes: readonly U64[];
}

/** Rings for these options. */
export function ringKind(options: RingOptions): HashKind {
  const hashOf = options.hashFunction === "MURMUR_HASH_2" ? murmurHash2 : xxHash64;
  return {
    build(keys, weights) {
      const least = weights.reduce((minimum, weight) => Math.min(minimum, weight), 1.0);
      const scale = Math.min(Math.ceil(least * options.minimumSize) / least, options.maximumSize);
      let reached = 0.0;
      let target = 0.0;
      const points = keys.map((key, host) => {
        target += scale * weights[host]!;
        const hashes: U64[] = [];
        for (; reached < target; reached++) hashes.push(hashOf(`${key}_${hashes.length}`));
        return { hashes };
      });
      return new Ring(points, Math.ceil(scale));
    },
  };
}

/**
 * The places of hashes in ascending order; equal ones, whose order Envoy leaves open, in that of the list.
 * Numbers sort faster than comparisons: the upper 30 bits with the place below them (a ring has at most 2^23
 * points), and what these leave open is put right afterwards.
 */
function sortedOrder(hashes: readonly U64[]): Uint32Array {
  const keys = new Float64Array(hashes.length);
  hashes.forEach(({ high }, i) => {
    keys[i] = (high >>> 2) * TWO_TO_23 + i;
  });
  keys.sort();
  const order = Uint32Array.from(keys, (key) => key % TWO_TO_23);
  for (let i = 1; i < order.length; i++) {
    const place = order[i]!;
    let to = i;
    for (; to > 0 && compareU64(hashes[order[to - 1]!]!, hashes[place]!) > 0; to--)
      order[to] = order[to - 1]!;
    order[to] = place;
  }
  return order;
}
