import { moduloU64, type U64 } from "../../../hash/u64.ts";
import { xxHash64 } from "../../../hash/xxhash64.ts";
import { sharesByWeight } from "../balancer-view.ts";
import type { HashKind, HashTable } from "../shared/hash-table.ts";

const SKIP_SEED: U64 = { high: 0, low: 1 };

/**
 * Google's Maglev hashing (Eisenbud et al., NSDI 2016) with weights: hosts take turns at filling a table, each
 * along its own permutation of the slots; a hash falls to the slot of its remainder (Envoy 1.40,
 * .../maglev/maglev_lb.cc). Envoy keeps large tables bit-packed; that saves memory and decides nothing.
 */
export class MaglevTable implements HashTable {
  readonly gauges: Readonly<Record<string, number>>;
  /** Places in the list of hosts; null for a single host, for which Envoy fills no table. */
  readonly #slots: Uint32Array | null;
  readonly #entriesPerHost: readonly number[];

  constructor(slots: Uint32Array | null, entriesPerHost: readonly number[]) {
    this.#slots = slots;
    this.#entriesPerHost = entriesPerHost;
    this.gauges = {
      "maglev_lb.min_entries_per_host": entriesPerHost.reduce((least, count) => Math.min(least, count)),
      "maglev_lb.max_entries_per_host": entriesPerHost.reduce((most, count) => Math.max(most, count)),
    };
  }

  shares(): number[] {
    return sharesByWeight(this.#entriesPerHost);
  }

  /** A further attempt looks up the hash XOR (2^64 - attempt). */
  lookUp(hash: U64, attempt: number): number {
    if (this.#slots === null) return 0;
    const { length } = this.#slots;
    if (attempt === 0) return this.#slots[moduloU64(hash, length)]!;
    const changed = { high: ~hash.high >>> 0, low: (hash.low ^ -attempt) >>> 0 };
    return this.#slots[moduloU64(changed, length)]!;
  }
}

/** Maglev tables of this prime size. */
export function maglevKind(size: number): HashKind {
  return {
    build(keys, weights) {
      if (keys.length === 1) return new MaglevTable(null, [1]);
      const entries: number[] = keys.map(() => 0);
      return new MaglevTable(fillSlots(keys, weights, size, entries), entries);
    },
  };
}

/** Fills `entries` with the number of slots of each host. */
export function fillSlots(
  keys: readonly string[],
  weights: readonly number[],
  size: number,
  entries: number[],
): Uint32Array {
  const slots = new Uint32Array(size);
  const isTaken = new Uint8Array(size);
  const builders = turnsOf(keys, weights, size);
  const most = weights.reduce((maximum, weight) => Math.max(maximum, weight), 0.0);
  let filled = 0;
  for (let iteration = 1; filled < size; iteration++)
    for (const builder of builders) {
      if (filled === size) break;
      // The heaviest host takes a slot in each round, the others at intervals in proportion.
      if (iteration * builder.weight < builder.target) continue;
      builder.target += most;
      let slot = builder.next;
      while (isTaken[slot] === 1) slot = (slot + builder.skip) % size;
      isTaken[slot] = 1;
      slots[slot] = builder.host;
      entries[builder.host]!++;
      builder.next = (slot + builder.skip) % size;
      filled++;
    }
  return slots;
}

/** A host while it fills its slots. */
interface Turn {
  readonly host: number;
  readonly weight: number;
  readonly skip: number;
  next: number;
  target: number;
}

/** Hosts in the order of their keys; equal keys, whose order Envoy leaves open, in that of the list. */
function turnsOf(keys: readonly string[], weights: readonly number[], size: number): Turn[] {
  const order = [...keys.keys()].sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b));
  return order.map((host) => ({
    host,
    weight: weights[host]!,
    skip: moduloU64(xxHash64(keys[host]!, SKIP_SEED), size - 1) + 1,
    next: moduloU64(xxHash64(keys[host]!), size),
    target: 0.0,
  }));
}
