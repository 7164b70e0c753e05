import ln from "@stdlib/math-base-special-ln";
import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { exp } from "./exponential-function.ts";
import { nonNegative, positive } from "./parameter.ts";

/** P(X > x) = (min / x)^alpha from `min` on; the mean is infinite up to alpha = 1. */
export function pareto(min: number, alpha: number): Distribution {
  positive("pareto", "alpha", alpha);
  return nonNegative("pareto", "min", min) === 0 ? new Constant(0) : new Pareto(min, alpha);
}

class Pareto implements Distribution {
  readonly constant = undefined;
  readonly mean: number;
  readonly #min: number;
  readonly #alpha: number;

  constructor(min: number, alpha: number) {
    this.#min = min;
    this.#alpha = alpha;
    this.mean = alpha > 1 ? (alpha * min) / (alpha - 1) : Infinity;
  }

  quantile(u: number): number {
    return this.#min * exp(-ln(1 - u) / this.#alpha);
  }
}
