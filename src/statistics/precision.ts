import { type ConfidenceInterval, confidenceInterval } from "./confidence-interval.ts";

/** Whether an interval's half width is at most this share of its mean. */
export function isPrecise({ mean, hi, n }: ConfidenceInterval, precision: number): boolean {
  return n > 1 && hi - mean <= precision * Math.abs(mean);
}

/**
 * How many replications there should be next, so that the interval of each of these sets of values (one value a
 * replication) is precise; the present number when all are, or when `most` is reached. The half width shrinks with
 * the square root of the number, which gives the guess; more than twice the present number is not trusted to it.
 * The answer depends on the values alone, so runs made on other machines or with other threads stop at the same one.
 */
export function nextReplications(
  sets: readonly (readonly number[])[],
  present: number,
  precision: number,
  most: number,
): number {
  const needed = sets.map((values) => {
    const interval = confidenceInterval(values);
    if (values.length === 0 || isPrecise(interval, precision)) return 0;
    const ratio = (interval.hi - interval.mean) / (precision * Math.abs(interval.mean));
    return Number.isFinite(ratio) ? Math.ceil(present * ratio * ratio) : Number.POSITIVE_INFINITY;
  });
  const wanted = Math.max(0, ...needed);
  if (wanted === 0) return present;
  return Math.max(present, Math.min(most, 2 * present, Math.max(wanted, present + 1)));
}
