import type { Recording } from "./recording.ts";
import type { DistributionRule } from "./rules.ts";

/**
 * Two samples of N requests may differ by z*sqrt(2*N*p*(1-p))+1 in each group, p being the pooled share; a sample
 * and the exact share by z*sqrt(N*p*(1-p))+1.
 */
export function compareDistribution(actual: Recording, rule: DistributionRule): string[] {
  const { field, groups, z, recorded, computed_percent: exact } = rule;
  const counts = countGroups(actual, rule);
  const total = sum(Object.values(counts));
  const recordedTotal = sum(Object.values(recorded));
  if (total !== recordedTotal || total !== actual.results.length) {
    return [
      `distribution of ${field}: ${total} of ${actual.results.length} in its groups, recorded ${recordedTotal}`,
    ];
  }
  return Object.keys(groups).flatMap((name) => {
    const count = counts[name]!;
    const other = recorded[name] ?? 0;
    const pooled = (count + other) / (2 * total);
    const misses: string[] = [];
    if (Math.abs(count - other) > z * Math.sqrt(2 * total * pooled * (1 - pooled)) + 1) {
      misses.push(`distribution of ${field}: ${count} of ${total} in ${name}, recorded ${other}`);
    }
    const share = (exact?.[name] ?? 0) / 100;
    if (
      exact !== undefined &&
      Math.abs(count - total * share) > z * Math.sqrt(total * share * (1 - share)) + 1
    ) {
      misses.push(`distribution of ${field}: ${count} of ${total} in ${name}, its exact share is ${share}`);
    }
    return misses;
  });
}

function countGroups({ results }: Recording, { field, groups }: DistributionRule): Record<string, number> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, values]) => [
      name,
      results.filter((row) => values.includes(row[field])).length,
    ]),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
