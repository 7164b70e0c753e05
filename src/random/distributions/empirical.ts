import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { nonNegative } from "./parameter.ts";

/** The listed values, each as likely as the others; throws a RangeError for an empty list. */
export function empirical(values: readonly number[]): Distribution {
  for (const value of values) nonNegative("empirical", "value", value);
  const sorted = Float64Array.from(values).sort();
  const least = sorted[0];
  if (least === undefined) throw new RangeError("empirical: there must be at least one value");
  return least === sorted.at(-1) ? new Constant(least) : new Empirical(sorted);
}

class Empirical implements Distribution {
  readonly constant = undefined;
  readonly mean: number;
  readonly #sorted: Float64Array;

  constructor(sorted: Float64Array) {
    this.#sorted = sorted;
    this.mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  }

  quantile(u: number): number {
    return this.#sorted[Math.ceil(u * this.#sorted.length) - 1]!;
  }
}
