import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { exp } from "./exponential-function.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { nonNegative } from "./parameter.ts";

/**
 * The normal distribution truncated below at 0, that is conditioned on not being negative: no value gathers at
 * 0, and the mean is a little above the parameter `mean`, noticeably so from a `stdev` of about a third of it.
 */
export function normal(mean: number, stdev: number): Distribution {
  nonNegative("normal", "mean", mean);
  return nonNegative("normal", "stdev", stdev) === 0 ? new Constant(mean) : new TruncatedNormal(mean, stdev);
}

class TruncatedNormal implements Distribution {
  readonly constant = undefined;
  readonly mean: number;
  readonly #centre: number;
  readonly #stdev: number;
  /** How much of the untruncated distribution is kept. */
  readonly #kept: number;

  constructor(centre: number, stdev: number) {
    this.#centre = centre;
    this.#stdev = stdev;
    const z = centre / stdev;
    this.#kept = normalCdf(z);
    this.mean = centre + (stdev * normalDensity(z)) / this.#kept;
  }

  quantile(u: number): number {
    // From the upper tail, whose probability is exact in a double however small it is.
    const value = this.#centre - this.#stdev * normalQuantile((1 - u) * this.#kept);
    return value > 0 ? value : 0;
  }
}

function normalDensity(z: number): number {
  return exp((-z * z) / 2) * ONE_OVER_SQRT_2_PI;
}

const ONE_OVER_SQRT_2_PI = 0.3989422804014327;

/** For z >= 0, to about 1e-16: 1/2 + density(z) · (z + z³/3 + z⁵/(3·5) + ...), all terms positive. */
function normalCdf(z: number): number {
  // Beyond this the rest is below half a unit in the last place of 1.
  if (z > 8.5) return 1;
  let term = z;
  let sum = z;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + normalDensity(z) * sum;
}
