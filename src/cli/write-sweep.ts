import { drawSvg } from "../report/charts/draw.ts";
import { mapChart } from "../report/sweep/charts/map.ts";
import { metricsChart } from "../report/sweep/charts/metrics.ts";
import { formatMapCsv, formatSweepCsv } from "../report/sweep/csv.ts";
import { formatSweepHtml } from "../report/sweep/html.ts";
import { formatSweepJson } from "../report/sweep/json.ts";
import type { SweepReport } from "../report/sweep/sweep-report.ts";
import type { OutputDirectory } from "./output-directory.ts";

/** Writes everything that a sweep leaves on disk. */
export async function writeSweep(report: SweepReport, directory: OutputDirectory): Promise<void> {
  const { map, comparison } = report;
  directory.write("sweep.json", formatSweepJson(report));
  directory.write("sweep.csv", formatSweepCsv(report));
  if (map !== undefined) directory.write("map.csv", formatMapCsv(report, map));
  const charts = [
    ...(map === undefined ? [] : [mapChart(report, map)]),
    ...(comparison.metrics.length === 0 ? [] : [metricsChart(report)]),
  ];
  const drawn = [];
  for (const chart of charts) {
    const svg = await drawSvg(chart);
    directory.write(`${chart.name}.svg`, svg);
    drawn.push({ chart, svg });
  }
  directory.write("report.html", formatSweepHtml(report, drawn));
}
