import type { LayerSpec } from "vega-lite/types_unstable/spec/index.js";
import type { MetricUnit } from "../../../experiment/metric.ts";
import type { Candidate } from "../../../experiment/tune/candidate.ts";
import type { Expectation } from "../../../scenario/expectation.ts";
import { draw } from "../../charts/bins.ts";
import type { Chart } from "../../charts/chart.ts";
import { plotWidth, theme } from "../../charts/theme.ts";
import { unitNames } from "../../charts/unit-names.ts";
import { clipMiddle } from "../../summary/text.ts";
import { nameOf, satisfies, type TuneReport } from "../tune-report.ts";

const mostPanels = 6;
const panelHeight = 150;
/** Without a font at hand the width of longer lines is taken for more than the plot's. */
const widestTitle = 72;
/** Times that differ by more than this factor are drawn on a logarithmic axis. */
const widestLinear = 20;

/** How a point came out: its words, and a colour and a shape that can be told apart without the other. */
const kinds = [
  { text: "chosen", colour: "#0072B2", shape: "diamond" },
  { text: "satisfies all expectations", colour: "#009E73", shape: "circle" },
  { text: "not all replications made", colour: "#8A8A8A", shape: "square" },
  { text: "misses some", colour: "#D55E00", shape: "cross" },
] as const;
type Kind = (typeof kinds)[number]["text"];

/** One expectation of one scenario. */
interface Panel {
  readonly scenario: number;
  readonly index: number;
  readonly expectation: Expectation;
  readonly unit: MetricUnit;
}

/** What was tried: a panel for each expectation, the cost across, the value nearest to failing or furthest off upwards. */
export function costChart(report: TuneReport): Chart {
  const { candidates, grid, scenarios, cost, expected } = report;
  const panels = expected.flatMap((expectations, scenario) =>
    expectations.map((expectation, index): Panel => {
      return { scenario, index, expectation, unit: report.unitOf({ scenario, expectation }) };
    }),
  );
  const shown = panels.slice(0, mostPanels);
  const note = panels.length > shown.length ? `; ${shown.length} of ${panels.length} expectations` : "";
  return {
    name: "tune",
    title: "What was tried",
    description: `For each expectation its value at each point that was tried, over the cost (${cost.text}).`,
    spec: {
      title: {
        text: `What was tried: ${scenarios.join(", ")}`,
        subtitle: [
          ...grid.axes.map(({ path }, axis) => `${axis === 0 ? "" : "× "}${clipMiddle(path, widestTitle)}`),
          `${candidates.length} of ${grid.points.length} points; of each the worst of its replications${note}`,
        ],
        fontSize: 15,
      },
      config: theme,
      vconcat: shown.map((panel, at) => panelSpec(report, panel, at === 0, at === shown.length - 1)),
    },
    table: tableOf(report, panels),
  };
}

function kindOf(candidate: Candidate, report: TuneReport): Kind {
  if (candidate.point === report.best?.point) return "chosen";
  if (candidate.misses.length > 0) return "misses some";
  return satisfies(candidate, report) ? "satisfies all expectations" : "not all replications made";
}

function titleOf({ scenarios }: TuneReport, { scenario, expectation, unit }: Panel): string {
  const of = scenarios.length === 1 ? "" : `${scenarios[scenario]}: `;
  return `${of}${expectation.text}${unitNames[unit]}`;
}

function scaled(value: number, unit: MetricUnit): number {
  return draw(unit === "share" ? 100 * value : value);
}

function panelSpec(report: TuneReport, panel: Panel, isFirst: boolean, isLast: boolean): LayerSpec<string> {
  const { candidates, cost, best } = report;
  const { scenario, index, unit, expectation } = panel;
  // The chosen one is drawn last, so that none hides it.
  const values = candidates.toReversed().flatMap((candidate) => {
    const value = candidate.worst[scenario]![index]!;
    if (value === null || Number.isNaN(candidate.cost.mean)) return [];
    const kind = kindOf(candidate, report);
    return [{ cost: scaled(candidate.cost.mean, cost.unit), value: scaled(value, unit), kind }];
  });
  values.sort((a, b) => Number(a.kind === "chosen") - Number(b.kind === "chosen"));
  const limit = scaled(expectation.limit, unit);
  const present = new Set(candidates.map((candidate) => kindOf(candidate, report)));
  const told = kinds.filter(({ text }) => present.has(text));
  const x = {
    field: "cost",
    type: "quantitative" as const,
    scale: { zero: false, nice: true, padding: 12 },
    axis: {
      title: isLast ? `cost: ${cost.text}${unitNames[cost.unit]}` : null,
      labels: isLast,
      tickCount: 8,
    },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative" as const,
    scale: isWide([...values.map(({ value }) => value), limit], unit)
      ? { type: "log" as const, padding: 10 }
      : { zero: false, padding: 10 },
    axis: { title: null, format: "~r", tickCount: 5 },
  });
  const chosen = values.filter(({ kind }) => kind === "chosen");
  return {
    title: { text: clipMiddle(titleOf(report, panel), widestTitle), fontSize: 12, fontWeight: "normal" },
    width: plotWidth,
    height: panelHeight,
    layer: [
      {
        data: { values: [{ limit }] },
        mark: { type: "rule", color: "#555555", strokeDash: [4, 3] },
        encoding: { y: y("limit") },
      },
      {
        data: { values },
        mark: { type: "point", filled: true, size: 70, opacity: 0.85 },
        encoding: {
          x,
          y: y("value"),
          color: {
            field: "kind",
            type: "nominal",
            scale: { domain: told.map(({ text }) => text), range: told.map(({ colour }) => colour) },
          },
          shape: {
            field: "kind",
            type: "nominal",
            scale: { domain: told.map(({ text }) => text), range: told.map(({ shape }) => shape) },
          },
          size: { condition: { test: "datum.kind === 'chosen'", value: 160 }, value: 60 },
        },
      },
      ...(isFirst && best !== undefined && chosen.length > 0
        ? [
            {
              data: { values: chosen.map((each) => ({ ...each, name: nameOf(report, best.point) })) },
              mark: {
                type: "text" as const,
                align: onTheRight(values, chosen[0]!.cost) ? ("right" as const) : ("left" as const),
                dx: onTheRight(values, chosen[0]!.cost) ? -11 : 11,
                dy: -11,
                fontSize: 11,
                color: "#222222",
              },
              encoding: { x, y: y("value"), text: { field: "name", type: "nominal" as const } },
            },
          ]
        : []),
    ],
  };
}

function isWide(values: readonly number[], unit: MetricUnit): boolean {
  const least = Math.min(...values);
  return unit === "ms" && least > 0 && Math.max(...values) / least > widestLinear;
}

/** Where a label to the right of the point would leave the plot. */
function onTheRight(values: readonly { readonly cost: number }[], cost: number): boolean {
  const costs = values.map((each) => each.cost);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  return most > least && (cost - least) / (most - least) > 0.5;
}

function tableOf(report: TuneReport, panels: readonly Panel[]): Chart["table"] {
  const { candidates, cost } = report;
  return {
    titles: [
      "settings",
      "outcome",
      "replications",
      `${cost.text}${unitNames[cost.unit]}`,
      ...panels.map((panel) => titleOf(report, panel)),
    ],
    rows: candidates.map((candidate) => [
      nameOf(report, candidate.point),
      kindOf(candidate, report),
      candidate.n,
      Number.isNaN(candidate.cost.mean) ? null : scaled(candidate.cost.mean, cost.unit),
      ...panels.map(({ scenario, index, unit }) => {
        const value = candidate.worst[scenario]![index]!;
        return value === null ? null : scaled(value, unit);
      }),
    ]),
  };
}
