import ln from "@stdlib/math-base-special-ln";

/** Values that fall apart into two: ascending, the lower ones and the upper ones. */
export interface TwoGroups {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** What kind of quantity the values are; it decides which noise looks like groups and is none. */
export type GroupedQuantity = "share" | "count" | "amount";

/** Fewer values show no shape. */
const LEAST_VALUES = 10;
/** One value apart from the others is an outlier, not a group. */
const LEAST_MEMBERS = 2;
/** The gap is so many times wider than either group. */
const GAP_TO_WIDTH = 2;
/** Smaller differences, as a share of the larger group's mean, matter to nobody (shares: of 1). */
const LEAST_DIFFERENCE = 0.1;
/** Counts are whole: 0 and 1 are not two outcomes. */
const LEAST_COUNT_DIFFERENCE = 10;

/**
 * Whether replications had two different outcomes, such as collapsed or not, so that their mean describes neither.
 *
 * The rule: there are at least ten values; sorted, they can be cut into two groups of at least two values each, such
 * that the gap between the groups is more than twice the width of either. The same must hold for the logarithms
 * (except for shares, which have no long tail), since values with a long tail lie far apart by themselves. And the
 * gap is large: ten points for shares, ten for counts, a tenth of the upper group's mean for everything else. Under
 * normal, uniform, exponential and lognormal noise this finds groups in fewer than 1 of 100 sets of ten values
 * (two-groups.test.ts measures it), and in ever fewer the more values there are.
 */
export function findTwoGroups(
  values: readonly number[],
  quantity: GroupedQuantity = "amount",
): TwoGroups | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length < LEAST_VALUES) return undefined;
  const scaled = logarithms(sorted, quantity);
  for (let cut = LEAST_MEMBERS; cut <= sorted.length - LEAST_MEMBERS; cut++) {
    if (!isWide(sorted, cut) || !isWide(scaled, cut) || !matters(sorted, cut, quantity)) continue;
    return { low: sorted.slice(0, cut), high: sorted.slice(cut) };
  }
  return undefined;
}

/** Counts may be 0, which has no logarithm: one more has. */
function logarithms(sorted: readonly number[], quantity: GroupedQuantity): readonly number[] {
  const shift = quantity === "count" ? 1 : 0;
  if (quantity === "share" || sorted[0]! + shift <= 0) return sorted;
  return sorted.map((value) => ln(value + shift));
}

function isWide(sorted: readonly number[], cut: number): boolean {
  const gap = sorted[cut]! - sorted[cut - 1]!;
  const width = Math.max(sorted[cut - 1]! - sorted[0]!, sorted.at(-1)! - sorted[cut]!);
  return gap > GAP_TO_WIDTH * width;
}

function matters(sorted: readonly number[], cut: number, quantity: GroupedQuantity): boolean {
  const gap = sorted[cut]! - sorted[cut - 1]!;
  if (quantity === "share") return gap >= LEAST_DIFFERENCE;
  const upper = sorted.slice(cut);
  const mean = upper.reduce((sum, value) => sum + value, 0) / upper.length;
  return gap >= LEAST_DIFFERENCE * Math.abs(mean) && (quantity !== "count" || gap >= LEAST_COUNT_DIFFERENCE);
}
