/** How often requests to a host succeeded: counted in one interval, judged in the next. */
export class SuccessRate {
  /** In the interval that runs. */
  success = 0;
  total = 0;
  /** In the interval that the last sweep has closed. */
  closedSuccess = 0;
  closedTotal = 0;
  /** In percent, as the last sweep has published it; -1: there was not enough traffic, or the host was out. */
  published = -1;

  /** A sweep closes the interval. */
  close(): void {
    this.closedSuccess = this.success;
    this.closedTotal = this.total;
    this.success = 0;
    this.total = 0;
    this.published = -1;
  }

  /** In percent, of the closed interval; meaningful only with `closedTotal` above 0. */
  get rate(): number {
    return (this.closedSuccess * 100) / this.closedTotal;
  }
}

/** Mean of the hosts' success rates and the rate below which a host is an outlier, in percent; -1: not known. */
export interface SuccessRateNumbers {
  readonly mean: number;
  readonly threshold: number;
}

export const NO_NUMBERS: SuccessRateNumbers = Object.freeze({ mean: -1, threshold: -1 });

/**
 * The threshold is the mean less `stdevFactor` thousandths of the population's standard deviation. Sums run
 * over the rates in their order, as in Envoy (1.40, DetectorImpl::successRateEjectionThreshold): another order
 * may change the last bit, and with it whether a rate lies below.
 */
export function successRateNumbers(rates: readonly number[], stdevFactor: number): SuccessRateNumbers {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) * (rate - mean), 0) / rates.length;
  return { mean, threshold: mean - (stdevFactor / 1000) * Math.sqrt(variance) };
}
