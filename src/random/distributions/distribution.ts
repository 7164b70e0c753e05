/** A probability distribution of non-negative values (times in nanoseconds, unless its user says otherwise). */
export interface Distribution {
  /**
   * The quantile of u, 0 < u < 1 (inversion: one uniform a variate). Times are not yet whole nanoseconds.
   */
  quantile(u: number): number;
  /** The value, if there is only one; then `quantile` need not be called and no chance is consumed. */
  readonly constant: number | undefined;
  /** The exact mean; infinite where there is none. */
  readonly mean: number;
}

/**
 * How a distribution is written down, after units: times are nanoseconds. A normal distribution is truncated below
 * at 0; weights of a mixture count in proportion to their sum; each value of an empirical one is as likely as the
 * others. `makeDistribution` says what is out of range.
 */
export type DistributionSpec =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | { readonly kind: "lognormal"; readonly median: number; readonly sigma: number }
  | { readonly kind: "lognormal"; readonly median: number; readonly p99: number }
  | { readonly kind: "normal"; readonly mean: number; readonly stdev: number }
  | { readonly kind: "pareto"; readonly min: number; readonly alpha: number }
  | { readonly kind: "weibull"; readonly scale: number; readonly shape: number }
  | { readonly kind: "gamma"; readonly mean: number; readonly shape: number }
  | { readonly kind: "erlang"; readonly mean: number; readonly k: number }
  | {
      readonly kind: "mixture";
      readonly parts: readonly { readonly weight: number; readonly of: DistributionSpec }[];
    }
  | { readonly kind: "empirical"; readonly values: readonly number[] };
