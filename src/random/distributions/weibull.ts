import ln from "@stdlib/math-base-special-ln";
import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { exp } from "./exponential-function.ts";
import { lnGamma } from "./gamma-function.ts";
import { nonNegative, positive } from "./parameter.ts";

/** P(X > x) = exp(-(x / scale)^shape). */
export function weibull(scale: number, shape: number): Distribution {
  positive("weibull", "shape", shape);
  return nonNegative("weibull", "scale", scale) === 0 ? new Constant(0) : new Weibull(scale, shape);
}

class Weibull implements Distribution {
  readonly constant = undefined;
  readonly mean: number;
  readonly #scale: number;
  readonly #shape: number;

  constructor(scale: number, shape: number) {
    this.#scale = scale;
    this.#shape = shape;
    this.mean = scale * exp(lnGamma(1 + 1 / shape));
  }

  quantile(u: number): number {
    return this.#scale * exp(ln(-ln(1 - u)) / this.#shape);
  }
}
