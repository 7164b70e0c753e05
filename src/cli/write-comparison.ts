import { drawSvg } from "../report/charts/draw.ts";
import { comparisonCharts } from "../report/compare/charts/charts.ts";
import type { ComparisonReport } from "../report/compare/comparison-report.ts";
import { formatDifferencesCsv, formatMetricsCsv } from "../report/compare/csv.ts";
import { formatComparisonHtml } from "../report/compare/html.ts";
import { formatComparisonJson } from "../report/compare/json.ts";
import type { OutputDirectory } from "./output-directory.ts";

/** Writes everything that a comparison leaves on disk. */
export async function writeComparison(report: ComparisonReport, directory: OutputDirectory): Promise<void> {
  directory.write("compare.json", formatComparisonJson(report));
  directory.write("metrics.csv", formatMetricsCsv(report));
  directory.write("differences.csv", formatDifferencesCsv(report));
  const drawn = [];
  for (const chart of comparisonCharts(report)) {
    const svg = await drawSvg(chart);
    directory.write(`${chart.name}.svg`, svg);
    drawn.push({ chart, svg });
  }
  directory.write("report.html", formatComparisonHtml(report, drawn));
}
