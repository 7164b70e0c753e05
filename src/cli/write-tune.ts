import { drawSvg } from "../report/charts/draw.ts";
import { tuneCharts } from "../report/tune/charts/charts.ts";
import { formatTuneCsv, formatTuneJson } from "../report/tune/files.ts";
import { formatTuneHtml } from "../report/tune/html.ts";
import type { TuneReport } from "../report/tune/tune-report.ts";
import type { OutputDirectory } from "./output-directory.ts";

/** Writes everything that a search leaves on disk. */
export async function writeTune(report: TuneReport, directory: OutputDirectory): Promise<void> {
  directory.write("tune.json", formatTuneJson(report));
  directory.write("tune.csv", formatTuneCsv(report));
  const drawn = [];
  for (const chart of tuneCharts(report)) {
    const svg = await drawSvg(chart);
    directory.write(`${chart.name}.svg`, svg);
    drawn.push({ chart, svg });
  }
  directory.write("report.html", formatTuneHtml(report, drawn));
}
