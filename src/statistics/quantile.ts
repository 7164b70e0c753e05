import { quantileRank } from "./rank.ts";

/**
 * Quantile q (0 to 1) of a list in any order: the smallest of its values that at least ⌈q·n⌉ of them do not
 * exceed. NaN for an empty list.
 */
export function quantile(values: readonly number[], q: number): number {
  const rank = quantileRank(q, values.length);
  if (values.length === 0) return NaN;
  return Float64Array.from(values).sort()[rank - 1]!;
}
