import ln from "@stdlib/math-base-special-ln";
import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { exp } from "./exponential-function.ts";
import { lnGamma, lowerGammaSeries, upperGammaFraction } from "./gamma-function.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { nonNegative, positive } from "./parameter.ts";

/** The gamma distribution of this mean and shape; its scale is mean / shape. */
export function gamma(mean: number, shape: number): Distribution {
  positive("gamma", "shape", shape);
  return nonNegative("gamma", "mean", mean) === 0 ? new Constant(0) : new Gamma(mean, shape);
}

/**
 * Inversion by Halley's method on the logarithm t of the value, applied to ln P(t) - ln(u) below x = shape + 1 and
 * to ln Q(t) - ln(1 - u) above. Both are concave in t, so that Newton's steps, taken where Halley's are doubtful,
 * lead to the root from anywhere. The values of P and Q never appear, only their ratio to the density's x·p(x).
 */
class Gamma implements Distribution {
  readonly constant = undefined;
  readonly mean: number;
  readonly #shape: number;
  readonly #scale: number;
  readonly #lnGammaShape: number;
  /** ln(shape + 1), the border between the two expansions, and the probability below it. */
  readonly #border: number;
  readonly #belowBorder: number;

  constructor(mean: number, shape: number) {
    this.mean = mean;
    this.#shape = shape;
    this.#scale = mean / shape;
    this.#lnGammaShape = lnGamma(shape);
    this.#border = ln(shape + 1);
    this.#belowBorder = exp(this.#lnDensity(this.#border, shape + 1)) * lowerGammaSeries(shape, shape + 1);
  }

  quantile(u: number): number {
    return this.#scale * exp(u < this.#belowBorder ? this.#lower(u) : this.#upper(1 - u));
  }

  /** The logarithm of x·p(x), for x = e^t and scale 1. */
  #lnDensity(t: number, x: number): number {
    return this.#shape * t - x - this.#lnGammaShape;
  }

  #lower(p: number): number {
    const lnP = ln(p);
    // P(x) <= x^shape / Γ(shape + 1) gives a lower bound, which is close for small p or shape.
    const bound = (lnP + this.#lnGammaShape + ln(this.#shape)) / this.#shape;
    let t = Math.min(Math.max(bound, wilsonHilferty(this.#shape, normalQuantile(p))), this.#border);
    for (let step = 1; Math.abs(step) > CLOSE; t += step) {
      const x = exp(t);
      const ratio = lowerGammaSeries(this.#shape, x);
      const newton = (lnP - this.#lnDensity(t, x) - ln(ratio)) * ratio;
      step = halley(newton, this.#shape - x - 1 / ratio);
    }
    return t;
  }

  #upper(q: number): number {
    const lnQ = ln(q);
    let t = Math.max(this.#border, wilsonHilferty(this.#shape, -normalQuantile(q)));
    for (let step = 1; Math.abs(step) > CLOSE; t += step) {
      const x = exp(t);
      const ratio = upperGammaFraction(this.#shape, x);
      const newton = (this.#lnDensity(t, x) + ln(ratio) - lnQ) * ratio;
      step = halley(newton, this.#shape - x + 1 / ratio);
    }
    return t;
  }
}

/** A step this small leaves an error of about its cube. */
const CLOSE = 1e-6;

/** Halley's step from Newton's, where `bend` is the ratio of the second derivative to the first. */
function halley(newton: number, bend: number): number {
  const correction = (newton * bend) / 2;
  return Math.abs(correction) < 0.5 ? newton / (1 + correction) : newton;
}

/** The logarithm of the gamma quantile by E. B. Wilson and M. M. Hilferty (1931): its cube root is nearly normal. */
function wilsonHilferty(shape: number, z: number): number {
  const root = 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape));
  return root > 0.05 ? ln(shape * root * root * root) : -Infinity;
}
