import type { Distribution } from "./distribution.ts";
import { nonNegative } from "./parameter.ts";

export interface MixturePart {
  /** In proportion to the other parts' weights. */
  readonly weight: number;
  readonly of: Distribution;
}

/** One of the parts, each with the share of its weight; throws a RangeError when no weight is positive. */
export function mixture(parts: readonly MixturePart[]): Distribution {
  for (const { weight } of parts) nonNegative("mixture", "weight", weight);
  const [first, ...others] = parts.filter(({ weight }) => weight > 0);
  if (first === undefined) throw new RangeError("mixture: at least one weight must be above 0");
  return others.length === 0 ? first.of : new Mixture([first, ...others]);
}

class Mixture implements Distribution {
  readonly constant: number | undefined;
  readonly mean: number;
  readonly #parts: readonly Distribution[];
  /** Part i has the uniforms in [starts[i], starts[i + 1]). */
  readonly #starts: readonly number[];

  constructor(parts: readonly MixturePart[]) {
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    const starts = [0];
    let before = 0;
    for (const { weight } of parts) starts.push((before += weight) / total);
    this.#starts = starts;
    this.#parts = parts.map(({ of }) => of);
    this.mean = parts.reduce((sum, { weight, of }) => sum + weight * of.mean, 0) / total;
    const value = parts[0]!.of.constant;
    this.constant = parts.every(({ of }) => of.constant === value) ? value : undefined;
  }

  quantile(u: number): number {
    const starts = this.#starts;
    let part = 0;
    while (part < this.#parts.length - 1 && u >= starts[part + 1]!) part++;
    const rescaled = (u - starts[part]!) / (starts[part + 1]! - starts[part]!);
    return this.#parts[part]!.quantile(Math.min(Math.max(rescaled, LEAST), GREATEST));
  }
}

/** The ends of what a part's `quantile` accepts. */
const LEAST = 1 / 0x20000000000000;
const GREATEST = 1 - LEAST;
