import { Constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { nonNegative } from "./parameter.ts";

/** Every value between min and max alike; throws a RangeError when min is above max. */
export function uniform(min: number, max: number): Distribution {
  nonNegative("uniform", "min", min);
  nonNegative("uniform", "max", max);
  if (min > max) throw new RangeError(`uniform: min (${min}) must not be above max (${max})`);
  return min === max ? new Constant(min) : new Uniform(min, max);
}

class Uniform implements Distribution {
  readonly constant = undefined;
  readonly mean: number;
  readonly #min: number;
  readonly #width: number;

  constructor(min: number, max: number) {
    this.#min = min;
    this.#width = max - min;
    this.mean = min + this.#width / 2;
  }

  quantile(u: number): number {
    return this.#min + this.#width * u;
  }
}
