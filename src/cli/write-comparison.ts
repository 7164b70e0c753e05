import type { ComparisonReport } from "../report/compare/comparison-report.ts";
import { formatComparisonJson } from "../report/compare/json.ts";
import type { OutputDirectory } from "./output-directory.ts";

/** Writes everything that a comparison leaves on disk. */
export async function writeComparison(report: ComparisonReport, directory: OutputDirectory): Promise<void> {
  directory.write("compare.json", formatComparisonJson(report));
}
