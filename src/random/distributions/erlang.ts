import type { Distribution } from "./distribution.ts";
import { exponential } from "./exponential.ts";
import { gamma } from "./gamma.ts";

/** The sum of k exponential stages of equal mean, `mean` in all; k is a whole number from 1 on. */
export function erlang(mean: number, k: number): Distribution {
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`erlang: k must be a whole number from 1 on, but is ${k}`);
  return k === 1 ? exponential(mean) : gamma(mean, k);
}
