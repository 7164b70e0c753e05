import type { LayerSpec } from "vega-lite/types_unstable/spec/index.js";
import type { ComparedMetric } from "../../../experiment/compare/comparison.ts";
import type { Axis } from "../../../experiment/sweep/grid.ts";
import { draw } from "../../charts/bins.ts";
import type { Chart } from "../../charts/chart.ts";
import { palette, plotWidth, theme } from "../../charts/theme.ts";
import { unitNames } from "../../charts/unit-names.ts";
import { countReplications, type SweepReport, titleOf } from "../sweep-report.ts";

const mostMetrics = 6;
/** More lines over one another cannot be told apart: two axes become a grid of colours then, more are cut. */
const mostLines = palette.length;

/** A panel for each metric over the first axis: a line for each combination of the others, or a grid of colours. */
export function metricsChart(report: SweepReport): Chart {
  const { grid, comparison, replications, seed } = report;
  const lines = grid.points.length / grid.axes[0]!.values.length;
  const isGrid = grid.axes.length === 2 && lines > mostLines;
  const metrics = comparison.metrics.slice(0, mostMetrics);
  const notes = [
    ...(comparison.metrics.length > metrics.length
      ? [`${metrics.length} of ${comparison.metrics.length} metrics`]
      : []),
    ...(!isGrid && lines > mostLines ? [`${mostLines} of ${lines} lines`] : []),
  ];
  const shades = isGrid || replications === 1 ? "mean" : "mean and 95% interval";
  return {
    name: "sweep",
    title: "Metrics over the settings",
    description: `For each metric its mean over ${grid.axes.map(({ path }) => path).join(" and ")}.`,
    spec: {
      title: {
        text: titleOf(report),
        subtitle: [`${shades} over ${countReplications(replications)}, seed ${seed}`, ...notes].join("; "),
        fontSize: 15,
      },
      config: theme,
      vconcat: metrics.map((metric, index) =>
        isGrid ? gridPanel(report, metric) : linePanel(report, metric, index === metrics.length - 1),
      ),
    },
    table: tableOf(report),
  };
}

function linePanel(report: SweepReport, metric: ComparedMetric, isLast: boolean): LayerSpec<string> {
  const { grid } = report;
  const [across, ...others] = grid.axes;
  const names: string[] = [];
  const values = grid.points.flatMap(({ indices }, at) => {
    const line = others.map(({ name, values: own }, axis) => `${name}=${own[indices[axis + 1]!]}`).join(", ");
    if (!names.includes(line)) names.push(line);
    const { mean, lo, hi } = scaledInterval(metric, at);
    if (mean === null || names.indexOf(line) >= mostLines) return [];
    return [{ x: xOf(across!, indices[0]!), line, mean, lo: lo ?? mean, hi: hi ?? mean }];
  });
  const shown = names.slice(0, mostLines);
  const x = {
    field: "x",
    ...(across!.positions === undefined
      ? { type: "ordinal" as const, sort: [...across!.values] }
      : { type: "quantitative" as const, scale: { zero: false, nice: false, padding: 8 } }),
    axis: { title: isLast ? titleFor(across!) : null, labelAngle: 0, labels: isLast },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative" as const,
    scale: { zero: false },
    axis: { title: null, format: "~r", tickCount: 5 },
  });
  const color = {
    field: "line",
    type: "nominal" as const,
    scale: { domain: shown, range: [...palette].slice(0, shown.length) },
    legend: others.length === 0 ? null : { symbolOpacity: 1 },
  };
  return {
    title: { text: metric.text + unitNames[metric.unit], fontSize: 12, fontWeight: "normal" },
    width: plotWidth,
    height: 150,
    data: { values },
    layer: [
      { mark: { type: "area", opacity: 0.18 }, encoding: { x, y: y("lo"), y2: { field: "hi" }, color } },
      { mark: { type: "line", strokeWidth: 1.6 }, encoding: { x, y: y("mean"), color } },
      { mark: { type: "point", filled: true, size: 36, opacity: 1 }, encoding: { x, y: y("mean"), color } },
    ],
  };
}

function gridPanel({ grid }: SweepReport, metric: ComparedMetric): LayerSpec<string> {
  const [across, up] = grid.axes;
  const values = grid.points.flatMap(({ indices }, at) => {
    const { mean } = scaledInterval(metric, at);
    const [column, row] = [across!.values[indices[0]!]!, up!.values[indices[1]!]!];
    return mean === null ? [] : [{ column, row, mean }];
  });
  return {
    title: { text: metric.text + unitNames[metric.unit], fontSize: 12, fontWeight: "normal" },
    width: plotWidth,
    height: 16 * up!.values.length,
    data: { values },
    layer: [
      {
        mark: { type: "rect" },
        encoding: {
          x: {
            field: "column",
            type: "ordinal",
            sort: [...across!.values],
            axis: { title: across!.path, labelAngle: 0, labelOverlap: true },
          },
          y: {
            field: "row",
            type: "ordinal",
            sort: [...up!.values].reverse(),
            axis: { title: up!.path, labelOverlap: true },
          },
          color: {
            field: "mean",
            type: "quantitative",
            scale: { scheme: "blues" },
            legend: { format: "~r" },
          },
        },
      },
    ],
    // Each metric has its own scale of colours.
    resolve: { scale: { color: "independent" } },
  };
}

function xOf({ positions, values }: Axis, index: number): string | number {
  return positions === undefined ? values[index]! : positions.numbers[index]!;
}

function titleFor({ path, positions }: Axis): string {
  return positions === undefined || positions.unit === "" ? path : `${path} (${positions.unit})`;
}

function scaledInterval({ arms, unit }: ComparedMetric, at: number) {
  const factor = unit === "share" ? 100 : 1;
  const { mean, lo, hi } = arms[at]!.interval;
  const known = (value: number) => (Number.isNaN(value) ? null : draw(value * factor));
  return { mean: known(mean), lo: known(lo), hi: known(hi) };
}

function tableOf({ grid, comparison }: SweepReport): Chart["table"] {
  return {
    titles: [
      ...grid.axes.map(({ path }) => path),
      ...comparison.metrics.flatMap(({ text, unit }) => [text + unitNames[unit], "from", "to"]),
    ],
    rows: grid.points.map(({ indices }, at) => [
      ...grid.axes.map(({ values }, axis) => values[indices[axis]!]!),
      ...comparison.metrics.flatMap((metric) => {
        const { mean, lo, hi } = scaledInterval(metric, at);
        return [mean, lo, hi];
      }),
    ]),
  };
}
