import ln from "@stdlib/math-base-special-ln";
import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { nonNegative } from "./parameter.ts";

export function exponential(mean: number): Distribution {
  return nonNegative("exponential", "mean", mean) === 0 ? new Constant(0) : new Exponential(mean);
}

class Exponential implements Distribution {
  readonly constant = undefined;
  readonly mean: number;

  constructor(mean: number) {
    this.mean = mean;
  }

  quantile(u: number): number {
    return -this.mean * ln(1 - u);
  }
}
