import type { TestReport } from "./test-report.ts";

/**
 * The report of the whole suite out of those of its shards, in any order. Throws an Error that says what does not
 * fit: all must be of one suite and one version, and every case must be there once.
 */
export function mergeReports(reports: readonly TestReport[]): TestReport {
  const [first, ...others] = reports;
  if (first === undefined) throw new Error("there is nothing to merge");
  for (const other of others) {
    for (const key of ["version", "total", "seeds"] as const) {
      if (other[key] === first[key]) continue;
      throw new Error(
        `they are not of one suite: ${key} is ${first[key]} in one and ${other[key]} in another`,
      );
    }
  }
  const cases = reports.flatMap((report) => report.cases).sort((a, b) => a.index - b.index);
  const twice = cases.find(({ index }, at) => cases[at - 1]?.index === index);
  if (twice !== undefined) throw new Error(`${twice.file} (${twice.variant ?? "base"}) is there twice`);
  if (cases.length !== first.total) {
    throw new Error(`they have ${cases.length} of the suite's ${first.total} cases: a shard is missing`);
  }
  const isInterrupted = reports.some((report) => report.isInterrupted);
  return { ...first, shard: undefined, isInterrupted, cases };
}
