import type { Message } from "../../decode/message.ts";
import type { Random64 } from "../../random/random64.ts";
import { readFraction } from "../runtime/fraction.ts";

const TWO_TO_64 = 0x1_0000_0000 * 0x1_0000_0000;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * The share of requests to drop, from `policy.drop_overloads` of a load assignment: Envoy takes at most one
 * category and divides in single precision (Envoy 1.40, source/common/upstream/upstream_impl.cc).
 */
export function readDropOverload(categories: readonly Message[]): number {
  const [category] = categories;
  if (category === undefined) return 0;
  category.string("category");
  const { numerator, denominator } = readFraction(category.message("drop_percentage"));
  return Math.fround(Math.fround(numerator) / Math.fround(denominator));
}

/**
 * Whether this request is dropped before a host is chosen. One draw, none for a share of 0 or 1
 * (Envoy 1.40, `bernoulli` in source/common/common/random_generator.h and source/common/router/router.cc).
 */
export function isDropped(share: number, random: Random64): boolean {
  if (share <= 0) return false;
  if (share >= 1) return true;
  random.draw("drop overload");
  // The bound is a single-precision number times 2^64, so that its lower half has nothing below bit 8.
  const bound = Math.trunc(Math.fround(share) * TWO_TO_64);
  const high = Math.floor(bound / TWO_TO_32);
  return random.high < high || (random.high === high && random.low < bound - high * TWO_TO_32);
}
