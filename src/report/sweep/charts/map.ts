import type { Fate } from "../../../experiment/sweep/stability-map.ts";
import type { Chart } from "../../charts/chart.ts";
import { plotWidth, theme } from "../../charts/theme.ts";
import { cellText, fates, fateText, ruleText } from "../map-texts.ts";
import { countReplications, type MapReport, type SweepReport, titleOf } from "../sweep-report.ts";

/** Light to dark in print as well, so that it is readable without colour. */
const colours: Readonly<Record<Fate, string>> = {
  recovers: "#CFE8DC",
  late: "#E69F00",
  never: "#A33B00",
  failing: "#8A8A8A",
  unknown: "#FFFFFF",
};
const whiteOn: readonly Fate[] = ["never", "failing"];
const widestCell = 110;
/** The title needs so much. */
const leastWidth = 540;
const cellHeight = 36;

/** The stability map: the first axis across, the second one upwards, the time of recovery in each cell. */
export function mapChart(report: SweepReport, map: MapReport): Chart {
  const { grid } = report;
  const [across, up] = grid.axes;
  const values = grid.points.map(({ indices }, at) => ({
    x: across!.values[indices[0]!]!,
    y: up === undefined ? "" : up.values[indices[1]!]!,
    fate: fateText(map.cells[at]!.fate),
    text: cellText(map.cells[at]!).replace(" (", "\n("),
    isWhite: whiteOn.includes(map.cells[at]!.fate),
  }));
  const shown = fates.filter((fate) => map.cells.some((cell) => cell.fate === fate));
  const columns = across!.values.length;
  const rows = up?.values.length ?? 1;
  const x = { field: "x", type: "ordinal" as const, sort: [...across!.values], axis: axisOf(across!.path) };
  const y = {
    field: "y",
    type: "ordinal" as const,
    sort: up === undefined ? null : [...up.values].reverse(),
    axis: up === undefined ? null : axisOf(up.path),
  };
  return {
    name: "map",
    title: "Stability map",
    description: `For each setting whether and when success comes back after the fault: ${ruleText(map)}.`,
    spec: {
      title: {
        text: `Stability map: ${titleOf(report)}`,
        subtitle: [
          ruleText(map).replace(", in windows", ",\nin windows"),
          `${report.replications === 1 ? "" : "middle of "}${countReplications(report.replications)}, seed ${report.seed}`,
        ].flatMap((line) => line.split("\n")),
        fontSize: 15,
      },
      config: theme,
      width: Math.min(plotWidth, Math.max(leastWidth, widestCell * columns)),
      height: cellHeight * rows,
      data: { values },
      layer: [
        {
          mark: { type: "rect", stroke: "#FFFFFF", strokeWidth: 2 },
          encoding: {
            x,
            y,
            color: {
              field: "fate",
              type: "nominal",
              scale: { domain: shown.map(fateText), range: shown.map((fate) => colours[fate]) },
            },
          },
        },
        {
          mark: { type: "text", fontSize: 11, lineBreak: "\n" },
          encoding: {
            x,
            y,
            text: { field: "text" },
            color: { condition: { test: "datum.isWhite", value: "#FFFFFF" }, value: "#222222" },
          },
        },
      ],
    },
    table: tableOf(report, map),
  };
}

function axisOf(title: string) {
  return { title, labelAngle: 0, labelLimit: 140, titleLimit: 500, grid: false };
}

function tableOf({ grid }: SweepReport, { cells }: MapReport): Chart["table"] {
  return {
    titles: [
      ...grid.axes.map(({ path }) => path),
      "fate",
      "recovery",
      "replications",
      "never",
      "success before (%)",
    ],
    rows: grid.points.map(({ indices }, at) => {
      const cell = cells[at]!;
      return [
        ...grid.axes.map(({ values }, axis) => values[indices[axis]!]!),
        fateText(cell.fate),
        cellText(cell),
        cell.n,
        cell.never,
        cell.before === undefined ? null : Number((100 * cell.before).toPrecision(4)),
      ];
    }),
  };
}
