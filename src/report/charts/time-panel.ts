import type { LayerSpec, UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import { SECOND } from "../../kernel/time.ts";
import type { FaultMark, RunResult } from "../../simulation/result.ts";
import { plotWidth } from "./theme.ts";

export type Layer = LayerSpec<string> | UnitSpec<string>;

/** One plot over virtual time; panels of a chart stand above one another on the same axis. */
export interface TimePanel {
  readonly title: string;
  readonly height: number;
  readonly layers: readonly Layer[];
  /** Only the lowest panel names the axis. */
  readonly isLast: boolean;
  /** Without shades, faults are only lines: for panels whose colours mean numbers. */
  readonly shades?: boolean;
}

/** The panels below a strip that names faults and changes, which are marked in each of them. */
export function timePanels(panels: readonly TimePanel[], result: RunResult): LayerSpec<string>[] {
  return [
    ...(marksOf(result).length > 0 ? [faultStrip(result)] : []),
    ...panels.map((panel) => timePanel(panel, result)),
  ];
}

function timePanel(panel: TimePanel, result: RunResult): LayerSpec<string> {
  return {
    title: { text: panel.title, fontSize: 12, fontWeight: "normal" },
    width: plotWidth,
    height: panel.height,
    layer: [...panel.layers, ...faultMarks(panel, result)],
  };
}

/** Seconds of virtual time, with the same axis in every layer so that layers agree on it. */
export function timeChannel(field: string, result: RunResult, named: boolean) {
  const axis = { title: named ? "virtual time (s)" : null, tickCount: 12 };
  return { ...timeScale(field, result), axis };
}

function timeScale(field: string, result: RunResult) {
  const scale = { domain: [0, result.duration / SECOND], nice: false };
  return { field, type: "quantitative" as const, scale };
}

function marksOf({ faults, changes }: RunResult): FaultMark[] {
  return [...faults, ...changes];
}

/** Shades over what was measured, since an area would hide what is behind it. */
function faultMarks({ isLast, shades = true }: TimePanel, result: RunResult): Layer[] {
  const faults = marksOf(result);
  if (faults.length === 0) return [];
  const edges = [...new Set(faults.flatMap(({ from, to }) => [seconds(from), seconds(to)]))];
  const shade: Layer = {
    data: { values: joinedStretches(faults) },
    mark: { type: "rect", color: "#000000", opacity: 0.08 },
    encoding: { x: timeChannel("from", result, isLast), x2: { field: "to" } },
  };
  const edge: Layer = {
    data: { values: edges.map((at) => ({ at })) },
    mark: { type: "rule", color: shades ? "#777777" : "#FFFFFF", strokeDash: [3, 3], strokeWidth: 0.8 },
    encoding: { x: timeChannel("at", result, isLast) },
  };
  return shades ? [shade, edge] : [edge];
}

/** When any fault held: where several overlap, the shade is no darker. */
function joinedStretches(faults: readonly FaultMark[]) {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of [...faults].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = joined.at(-1);
    if (last !== undefined && seconds(from) <= last.to) last.to = Math.max(last.to, seconds(to));
    else joined.push({ from: seconds(from), to: seconds(to) });
  }
  return joined;
}

const rowHeight = 16;
/** More rows than this would take the page from what was measured. */
const maxRows = 8;

/** Each fault as a bar with its name, each change as a line, as many on one row as do not touch. */
function faultStrip(result: RunResult): LayerSpec<string> {
  const marks = marksOf(result);
  const bars = placeBars(marks, result).filter(({ row }) => row < maxRows);
  const rows = Math.max(...bars.map(({ row }) => row)) + 1;
  const hidden = marks.length - bars.length;
  const title = result.changes.length === 0 ? "faults" : "faults and changes";
  const at = (offset: number) =>
    bars.map(({ row, ...bar }) => ({ ...bar, y: row * rowHeight + offset, y2: (row + 1) * rowHeight - 2 }));
  const y = { field: "y", type: "quantitative" as const, scale: null, axis: null };
  const x = { ...timeScale("from", result), axis: null };
  return {
    title: {
      text: hidden === 0 ? title : `${title} (and ${hidden} more)`,
      fontSize: 12,
      fontWeight: "normal",
    },
    width: plotWidth,
    height: rows * rowHeight,
    layer: [
      {
        data: { values: at(0) },
        mark: { type: "rect", color: "#E3E3E3", stroke: "#777777", strokeWidth: 0.5 },
        encoding: { x, x2: { field: "to" }, y, y2: { field: "y2" } },
      },
      {
        data: { values: at(rowHeight / 2 - 1) },
        mark: { type: "text", align: "left", baseline: "middle", dx: 4, fontSize: 11, color: "#222222" },
        encoding: { x, y, text: { field: "name", type: "nominal" } },
      },
    ],
  };
}

/** Puts each bar with its name on the first row that is free there. */
function placeBars(faults: readonly FaultMark[], { duration }: RunResult) {
  const ends: number[] = [];
  const toPixels = (time: number) => (time / duration) * plotWidth;
  return faults.map(({ name, from, to }) => {
    const text = name.length > 40 ? `${name.slice(0, 39)}…` : name;
    const free = ends.findIndex((end) => end < toPixels(from));
    const row = free < 0 ? ends.length : free;
    ends[row] = Math.max(toPixels(to), toPixels(from) + 12 + 6.5 * text.length);
    return { from: seconds(from), to: seconds(to), name: text, row };
  });
}

function seconds(time: number): number {
  return Number((time / SECOND).toPrecision(6));
}
