import pow from "@stdlib/math-base-special-pow";
import { nonNegative } from "./parameter.ts";

/**
 * Chooses among `keys` keys, numbered from 0, with probability in proportion to (index + 1)^-exponent, by
 * inversion of one uniform 0 < u < 1. Exponent 0 is the uniform choice. Memory: 8 bytes a key, none for exponent 0.
 * Throws a RangeError unless `keys` is a whole number from 1 on and the exponent is finite and not negative.
 */
export function makeZipf(keys: number, exponent: number): (u: number) => number {
  if (!Number.isSafeInteger(keys) || keys < 1) {
    throw new RangeError(`zipf: keys must be a whole number from 1 on, but is ${keys}`);
  }
  if (nonNegative("zipf", "exponent", exponent) === 0) return (u) => Math.ceil(u * keys) - 1;
  const cumulative = cumulativeWeights(keys, exponent);
  const total = cumulative[keys - 1]!;
  return (u) => firstAtLeast(cumulative, u * total);
}

function cumulativeWeights(keys: number, exponent: number): Float64Array {
  const cumulative = new Float64Array(keys);
  let sum = 0;
  for (let index = 0; index < keys; index++) cumulative[index] = sum += pow(index + 1, -exponent);
  return cumulative;
}

/** The first index of an ascending list whose value is at least `target`, or the last index. */
function firstAtLeast(ascending: Float64Array, target: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}
