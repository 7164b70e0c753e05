import type { RateType } from "./ejection-type.ts";
import type { HostMonitor } from "./host-monitor.ts";
import type { OutlierOptions } from "./outlier-options.ts";
import { NO_NUMBERS, type SuccessRate, type SuccessRateNumbers, successRateNumbers } from "./success-rate.ts";

/** Whose failures a pass looks at. */
export type Origin = "external" | "local";

/** A host that a pass has found. */
export interface RateOutlier {
  readonly monitor: HostMonitor;
  readonly type: RateType;
}

export interface RatePass {
  readonly numbers: SuccessRateNumbers;
  /**
   * In the order in which they are to be ejected. Envoy makes its lists before it ejects anybody, so one host may be
   * in both parts and is then ejected twice.
   */
  readonly outliers: readonly RateOutlier[];
}

const TYPES: Readonly<Record<Origin, readonly [RateType, RateType]>> = {
  external: ["SUCCESS_RATE", "FAILURE_PERCENTAGE"],
  local: ["SUCCESS_RATE_LOCAL_ORIGIN", "FAILURE_PERCENTAGE_LOCAL_ORIGIN"],
};

/**
 * Compares the hosts' success rates in the closed interval and publishes them
 * (Envoy 1.40, DetectorImpl::processSuccessRateEjections).
 */
export function findRateOutliers(
  { successRate, failurePercentage }: OutlierOptions,
  monitors: readonly HostMonitor[],
  origin: Origin,
): RatePass {
  const isWorthwhile =
    monitors.length >= successRate.minimumHosts || monitors.length >= failurePercentage.minimumHosts;
  if (!isWorthwhile) return { numbers: NO_NUMBERS, outliers: [] };
  const judged = monitors.filter((monitor) => !monitor.isEjected && monitor.rates[origin].closedTotal > 0);
  const rateOf = (monitor: HostMonitor): SuccessRate => monitor.rates[origin];
  const leastVolume = Math.min(successRate.requestVolume, failurePercentage.requestVolume);
  for (const rate of judged.map(rateOf)) if (rate.closedTotal >= leastVolume) rate.published = rate.rate;
  const withVolume = (volume: number) => judged.filter((monitor) => rateOf(monitor).closedTotal >= volume);
  const outliers: RateOutlier[] = [];
  const [rateType, failureType] = TYPES[origin];

  const compared = withVolume(successRate.requestVolume);
  let numbers = NO_NUMBERS;
  if (compared.length > 0 && compared.length >= successRate.minimumHosts) {
    numbers = successRateNumbers(
      compared.map((monitor) => rateOf(monitor).rate),
      successRate.stdevFactor,
    );
    for (const monitor of compared) {
      if (rateOf(monitor).rate < numbers.threshold) outliers.push({ monitor, type: rateType });
    }
  }

  const measured = withVolume(failurePercentage.requestVolume);
  if (measured.length > 0 && measured.length >= failurePercentage.minimumHosts) {
    for (const monitor of measured) {
      if (100 - rateOf(monitor).rate >= failurePercentage.threshold)
        outliers.push({ monitor, type: failureType });
    }
  }
  return { numbers, outliers };
}
