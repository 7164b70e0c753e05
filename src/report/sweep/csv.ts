import { SECOND } from "../../kernel/time.ts";
import { toCsv } from "../csv.ts";
import { round } from "../figures.ts";
import type { MapReport, SweepReport } from "./sweep-report.ts";

/** `sweep.csv`: one row a point: its settings, then mean, lo and hi of each metric. */
export function formatSweepCsv({ grid, comparison }: SweepReport): string {
  const titles = [
    ...grid.axes.map(({ path }) => path),
    "n",
    ...comparison.metrics.flatMap(({ text }) => [text, `${text} lo`, `${text} hi`]),
  ];
  const rows = grid.points.map(({ indices }, at) => [
    ...settingsOf(grid, indices),
    comparison.arms[at]!.n,
    ...comparison.metrics.flatMap(({ arms }) => {
      const { mean, lo, hi } = arms[at]!.interval;
      return [mean, lo, hi].map((value) => (Number.isNaN(value) ? null : round(value)));
    }),
  ]);
  return toCsv([titles, ...rows]);
}

/** `map.csv`: one row a point: its settings and what becomes of it; the time is empty where it never recovers. */
export function formatMapCsv({ grid }: SweepReport, { cells }: MapReport): string {
  const rows = grid.points.map(({ indices }, at) => {
    const { fate, time, n, never, before } = cells[at]!;
    const known = time === undefined || time === Number.POSITIVE_INFINITY ? null : round(time / SECOND);
    return [...settingsOf(grid, indices), fate, known, n, never, before === undefined ? null : round(before)];
  });
  const titles = [...grid.axes.map(({ path }) => path), "fate", "time_s", "n", "never", "before"];
  return toCsv([titles, ...rows]);
}

function settingsOf({ axes }: SweepReport["grid"], indices: readonly number[]): string[] {
  return axes.map(({ values }, axis) => values[indices[axis]!]!);
}
