import tQuantile from "@stdlib/stats-base-dists-t-quantile";

/** A mean over replications and the two-sided interval around it. */
export interface ConfidenceInterval {
  readonly mean: number;
  readonly lo: number;
  readonly hi: number;
  /** How many values it rests on. */
  readonly n: number;
}

/**
 * Student's t interval for the mean of independent values (for a difference of variants under common random
 * numbers, give it the differences by replication). `level` is the coverage, between 0 and 1. `mean` is NaN when
 * there are no values, `lo` and `hi` are when there are fewer than two.
 */
export function confidenceInterval(values: readonly number[], level = 0.95): ConfidenceInterval {
  if (!(level > 0 && level < 1)) throw new RangeError(`a confidence level is between 0 and 1, not ${level}`);
  const n = values.length;
  const mean = exactMean(values);
  if (n < 2) return { mean, lo: NaN, hi: NaN, n };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const half = tQuantile((1 + level) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean, lo: mean - half, hi: mean + half, n };
}

/** Summed as distances from the first value, so that equal values have exactly their value as mean. */
function exactMean(values: readonly number[]): number {
  const [first = NaN] = values;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}
