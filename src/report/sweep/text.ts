import type { ComparedMetric } from "../../experiment/compare/comparison.ts";
import { formatEstimate, formatGroups } from "../compare/estimates.ts";
import { formatMetric } from "../figures.ts";
import type { Style } from "../style.ts";
import { alignRows, clip } from "../summary/text.ts";
import { cellText, countText, ruleText } from "./map-texts.ts";
import { countReplications, type MapReport, type SweepReport, titleOf } from "./sweep-report.ts";

/** Where the files are. */
export interface WrittenSweep {
  readonly directory: string;
  readonly files: readonly string[];
}

/** What `meshsim sweep` prints for people. */
export function formatSweep(report: SweepReport, written: WrittenSweep | null, style: Style): string {
  const { map } = report;
  const sections = [
    headLines(report, style),
    ...(map === undefined ? metricTables(report, style) : [mapLines(report, map, style)]),
    expectationLines(report, style),
    (map === undefined ? extremeLines(report) : [`${countText(map)}.`]).map((line) => style.bold(line)),
    footerLines(report, written, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines(report: SweepReport, style: Style): string[] {
  const { seed, replications, version, comparison, grid, isInterrupted } = report;
  const made = Math.min(...comparison.arms.map(({ n }) => n));
  const run = [
    `${grid.points.length} points`,
    isInterrupted
      ? `${made} to ${replications} replications each, interrupted`
      : `${countReplications(replications)} each`,
    `seeds ${seed}${replications > 1 ? ` to ${seed}/${replications - 1}` : ""}`,
    `meshsim ${version}`,
  ];
  return [
    `${style.bold(titleOf(report))}: ${grid.axes.map(({ path }) => path).join(" × ")}`,
    style.dim(`${run.join(" · ")}${report.map === undefined ? " · mean ± half of the 95% interval" : ""}`),
  ];
}

const metricsBeside = 4;
const titleWidth = 28;
/** More points are in the files. */
const mostRows = 60;

function metricTables({ grid, comparison }: SweepReport, style: Style): string[][] {
  const { metrics } = comparison;
  const parts = Array.from({ length: Math.ceil(metrics.length / metricsBeside) }, (_, part) =>
    metrics.slice(part * metricsBeside, (part + 1) * metricsBeside),
  );
  return parts.map((shown) => {
    const rows = grid.points
      .slice(0, mostRows)
      .map(({ indices }, at) => [
        ...grid.axes.map(({ values }, axis) => clip(values[indices[axis]!]!, titleWidth)),
        ...shown.map((metric) => valueText(metric, at)),
      ]);
    const titles = [...grid.axes.map(({ name }) => name), ...shown.map(({ text }) => text)];
    const [head = "", ...lines] = alignRows([titles.map((title) => clip(title, titleWidth)), ...rows]);
    const left = grid.points.length - rows.length;
    return [
      style.dim(head),
      ...lines,
      ...(left > 0 ? [style.dim(`${left} more points are in the files`)] : []),
    ];
  });
}

function valueText({ arms, unit }: ComparedMetric, at: number): string {
  const { interval, groups } = arms[at]!;
  return groups === undefined ? formatEstimate(interval, unit) : formatGroups(groups, unit);
}

/** The first axis across, the second one down. */
function mapLines({ grid }: SweepReport, map: MapReport, style: Style): string[] {
  const [across, down] = grid.axes;
  const rowNames = down?.values ?? [""];
  const rows = rowNames.map((name, row) => [
    name,
    ...across!.values.map((_, column) => cellText(map.cells[column * rowNames.length + row]!)),
  ]);
  const corner = down === undefined ? across!.name : `${down.name} \\ ${across!.name}`;
  const [head = "", ...lines] = alignRows([[corner, ...across!.values], ...rows]);
  return [style.dim(ruleText(map)), style.dim(head), ...lines];
}

/** Those that hold at every point are only counted. */
function expectationLines({ comparison: { arms } }: SweepReport, style: Style): string[] {
  const texts = arms[0]?.expectations.map(({ text }) => text) ?? [];
  if (texts.length === 0) return [];
  const lines = texts.map((text, index) => {
    const holding = arms.filter(({ expectations }) => {
      const own = expectations[index];
      return own !== undefined && own.held === own.n;
    });
    return `  ${holding.length} of ${arms.length}  ${text}`;
  });
  return [style.dim("expectations, and at how many points they hold in all replications"), ...lines];
}

/** Where each metric is least and greatest. */
function extremeLines({ grid, comparison }: SweepReport): string[] {
  return comparison.metrics.slice(0, metricsBeside).flatMap(({ text, unit, arms }) => {
    const known = arms
      .map(({ interval: { mean } }, at) => ({ mean, at }))
      .filter(({ mean }) => !Number.isNaN(mean));
    if (known.length === 0) return [];
    const least = known.reduce((best, each) => (each.mean < best.mean ? each : best));
    const most = known.reduce((best, each) => (each.mean > best.mean ? each : best));
    if (least.mean === most.mean) return [`${text}: ${formatMetric(least.mean, unit)} everywhere.`];
    const told = ({ mean, at }: { mean: number; at: number }) =>
      `${formatMetric(mean, unit)} (${grid.points[at]!.name})`;
    return [`${text}: from ${told(least)} to ${told(most)}.`];
  });
}

function footerLines({ repeat }: SweepReport, written: WrittenSweep | null, style: Style): string[] {
  const others = written?.files.filter((file) => file !== "report.html").join(", ");
  const files =
    written === null ? [] : [`${style.dim("files   ")}${written.directory}/report.html (and ${others})`];
  return [...files, `${style.dim("repeat  ")}${repeat.join(" ")}`];
}
