import { chartsOf } from "../report/charts/charts.ts";
import { drawSvg } from "../report/charts/draw.ts";
import { formatHostsCsv, formatSeriesCsv } from "../report/csv.ts";
import { formatHtml } from "../report/html.ts";
import { formatJson } from "../report/json.ts";
import type { RunReport } from "../report/run-report.ts";
import type { OutputDirectory } from "./output-directory.ts";

/** Writes everything that a run leaves on disk. */
export async function writeReports(report: RunReport, directory: OutputDirectory): Promise<void> {
  directory.write("summary.json", formatJson(report));
  directory.write("series.csv", formatSeriesCsv(report.result));
  directory.write("hosts.csv", formatHostsCsv(report.result));
  const drawn = [];
  for (const chart of chartsOf(report.result)) {
    const svg = await drawSvg(chart);
    directory.write(`${chart.name}.svg`, svg);
    drawn.push({ chart, svg });
  }
  directory.write("report.html", formatHtml(report, drawn));
}
