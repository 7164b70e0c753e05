import type { Difference } from "../../experiment/compare/comparison.ts";
import type { MetricUnit } from "../../experiment/metric.ts";
import type { ConfidenceInterval } from "../../statistics/confidence-interval.ts";
import type { TwoGroups } from "../../statistics/two-groups.ts";
import { formatMetric } from "../figures.ts";

interface Scale {
  readonly factor: number;
  readonly suffix: string;
}

/** What suits a number of this size. */
function scaleOf(size: number, unit: MetricUnit): Scale {
  switch (unit) {
    case "share":
      return { factor: 100, suffix: "%" };
    case "per-second":
      return { factor: 1, suffix: "/s" };
    case "ms":
      if (size >= 9_999.5) return { factor: 0.001, suffix: " s" };
      return size > 0 && size < 1 ? { factor: 1_000, suffix: " us" } : { factor: 1, suffix: " ms" };
    default:
      return { factor: 1, suffix: "" };
  }
}

/** `182 ± 4 ms`: to two digits of the half width, which is what is known. */
export function formatEstimate(interval: ConfidenceInterval, unit: MetricUnit): string {
  return estimate(interval, scaleOf(Math.abs(interval.mean), unit), "");
}

/** As `formatEstimate`, with its sign; shares in percentage points. */
export function formatDifference(interval: ConfidenceInterval, unit: MetricUnit): string {
  const { factor, suffix } = scaleOf(Math.abs(interval.mean), unit);
  const sign = interval.mean > 0 ? "+" : "";
  return estimate(interval, { factor, suffix: suffix === "%" ? " points" : suffix }, sign);
}

/** `3.9 ± 0.1 times`. */
export function formatRatio(ratio: ConfidenceInterval): string {
  return estimate(ratio, { factor: 1, suffix: " times" }, "");
}

function estimate({ mean, hi, n }: ConfidenceInterval, { factor, suffix }: Scale, sign: string): string {
  if (n === 0) return "no data";
  const scaled = mean * factor;
  if (n === 1) return `${sign}${withCommas(scaled, decimalsOf(Math.abs(scaled), 3))}${suffix}`;
  const half = (hi - mean) * factor;
  const decimals = half > 0 ? decimalsOf(half, 2) : decimalsOf(Math.abs(scaled), 3);
  const numbers = half > 0 ? [scaled, half] : [scaled];
  return sign + numbers.map((number) => withCommas(number, decimals)).join(" ± ") + suffix;
}

const MOST_DECIMALS = 6;

/** Decimals that show so many significant digits; none for large numbers. */
function decimalsOf(size: number, digits: number): number {
  if (size === 0) return 0;
  let decimals = digits - 1;
  for (let rest = size; rest >= 10 && decimals > 0; rest /= 10) decimals--;
  for (let rest = size; rest < 1 && decimals < MOST_DECIMALS; rest *= 10) decimals++;
  return decimals;
}

function withCommas(value: number, decimals: number): string {
  const [whole = "", fraction] = value.toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `7 of 10 near 182 ms, 3 of 10 near 9.80 s`. */
export function formatGroups({ low, high }: TwoGroups, unit: MetricUnit): string {
  const n = low.length + high.length;
  return [low, high]
    .map((group) => `${group.length} of ${n} near ${formatMetric(middleOf(group), unit)}`)
    .join(", ");
}

function middleOf(ascending: readonly number[]): number {
  return ascending[Math.trunc((ascending.length - 1) / 2)]!;
}

/** What a difference comes to, in a few words. */
export function describeDifference({ interval, verdict }: Difference, unit: MetricUnit): string {
  switch (verdict) {
    case "same":
      return "the same";
    case "groups":
      return "two outcomes, see below";
    case "unknown":
      return interval.n === 0 ? "no data" : formatDifference(interval, unit);
    case "none":
      return "no difference shown";
    case "shown":
      return formatDifference(interval, unit);
  }
}
