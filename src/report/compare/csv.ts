import { toCsv } from "../csv.ts";
import { round } from "../figures.ts";
import type { ComparisonReport } from "./comparison-report.ts";

/** `metrics.csv`: one row a metric and variant; `groups` says how many values lie low and high where they fall apart. */
export function formatMetricsCsv({ comparison }: ComparisonReport): string {
  const rows = comparison.metrics.flatMap(({ text, arms }) =>
    arms.map(({ arm, interval, groups }) => [
      text,
      arm,
      ...cells(interval),
      groups === undefined ? null : `${groups.low.length} low, ${groups.high.length} high`,
    ]),
  );
  return toCsv([["metric", "variant", "mean", "lo", "hi", "n", "groups"], ...rows]);
}

/** `differences.csv`: one row a metric and variant but the first. */
export function formatDifferencesCsv({ comparison }: ComparisonReport): string {
  const rows = comparison.metrics.flatMap(({ text, differences }) =>
    differences.map(({ of, from, interval, verdict }) => [text, of, from, ...cells(interval), verdict]),
  );
  return toCsv([["metric", "of", "from", "mean", "lo", "hi", "n", "verdict"], ...rows]);
}

function cells(interval: { mean: number; lo: number; hi: number; n: number }): (number | null)[] {
  const known = (value: number) => (Number.isNaN(value) ? null : round(value));
  return [known(interval.mean), known(interval.lo), known(interval.hi), interval.n];
}
