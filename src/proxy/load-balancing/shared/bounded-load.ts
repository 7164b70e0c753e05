import type { U64 } from "../../../hash/u64.ts";
import { MersenneTwister } from "./mersenne-twister.ts";

const TWO_TO_32 = 0x1_0000_0000;

/** How many requests a host may have when all hosts have `clusterActive`: its share of factor percent of them. */
export function boundedSlots(clusterActive: number, factor: number, weight: number): number {
  const total = Math.floor(((clusterActive + 1) * factor + 99) / 100);
  return Math.max(1, Math.ceil(total * weight));
}

/**
 * The order in which hosts are probed when the hash's own is overloaded: a shuffle by a generator that the
 * hash seeds, and so the same for the same hash. Calls `probe` for each place until it answers true.
 */
export function probeInOrder(hash: U64, count: number, probe: (index: number) => boolean): void {
  // Only the places that the shuffle has moved: mostly the first probe or two are enough.
  const moved = new Map<number, number>();
  const random = new MersenneTwister(hash.low);
  for (let i = 0; i < count; i++) {
    const j = i + uniform(random, count - i);
    const index = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    if (probe(index)) return;
  }
}

/**
 * Consistent hashing with bounded loads: the hash's own host unless it is overloaded, otherwise the first
 * probed one that is not, otherwise the least overloaded (Envoy 1.40,
 * `BoundedLoadHashingLoadBalancer` in .../common/thread_aware_lb_impl.cc; arXiv:1608.01350, arXiv:1908.08762).
 * `overload` is active requests / slots of a host.
 */
export function chooseBounded(
  first: number,
  count: number,
  hash: U64,
  overload: (index: number) => number,
): number {
  let chosen = first;
  let least = overload(first);
  if (least <= 1) return first;
  probeInOrder(hash, count, (index) => {
    if (index === first) return false;
    const factor = overload(index);
    if (factor < least) {
      chosen = index;
      least = factor;
    }
    return factor <= 1;
  });
  return chosen;
}

function uniform(random: MersenneTwister, count: number): number {
  const width = Math.floor(TWO_TO_32 / count);
  for (;;) {
    const value = Math.floor(random.uint32() / width);
    if (value < count) return value;
  }
}
