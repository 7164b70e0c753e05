import type { Distribution } from "./distribution.ts";
import { nonNegative } from "./parameter.ts";

/** Always the same value. */
export class Constant implements Distribution {
  readonly constant: number;
  readonly mean: number;

  constructor(value: number) {
    this.constant = nonNegative("constant", "value", value);
    this.mean = value;
  }

  quantile(_u: number): number {
    return this.constant;
  }
}
