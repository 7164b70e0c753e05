import ln from "@stdlib/math-base-special-ln";
import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { exp } from "./exponential-function.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { nonNegative, positive } from "./parameter.ts";

/** The logarithm is normal, with standard deviation `sigma` about ln(median). */
export function lognormal(median: number, sigma: number): Distribution {
  positive("lognormal", "median", median);
  return nonNegative("lognormal", "sigma", sigma) === 0 ? new Constant(median) : new Lognormal(median, sigma);
}

/** The lognormal distribution with these two quantiles; throws a RangeError when p99 is below the median. */
export function lognormalWithP99(median: number, p99: number): Distribution {
  positive("lognormal", "median", median);
  positive("lognormal", "p99", p99);
  if (p99 < median) throw new RangeError(`lognormal: p99 (${p99}) must not be below the median (${median})`);
  return lognormal(median, ln(p99 / median) / normalQuantile(0.99));
}

class Lognormal implements Distribution {
  readonly constant = undefined;
  readonly mean: number;
  readonly #median: number;
  readonly #sigma: number;

  constructor(median: number, sigma: number) {
    this.#median = median;
    this.#sigma = sigma;
    this.mean = median * exp((sigma * sigma) / 2);
  }

  quantile(u: number): number {
    return this.#median * exp(this.#sigma * normalQuantile(u));
  }
}
