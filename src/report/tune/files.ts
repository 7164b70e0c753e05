import type { Candidate } from "../../experiment/tune/candidate.ts";
import { toCsv } from "../csv.ts";
import { round } from "../figures.ts";
import { JsonObject, printJson } from "../ordered-json.ts";
import { missText } from "./text.ts";
import type { TuneReport } from "./tune-report.ts";

/** The document that `meshsim tune FILE --json` prints, with a line end; its keys are in docs/sweeping.md. */
export function formatTuneJson(report: TuneReport): string {
  const { version, scenarios, variant, seeds, cost, search, replications, runs, grid, candidates, best } =
    report;
  const document = JsonObject.of({
    schema: 1,
    meshsim: version,
    scenarios: scenarios.map((name, index) => JsonObject.of({ name, seed: seeds[index] })),
    variant: variant ?? null,
    axes: grid.axes.map(({ path, name, values }) => JsonObject.of({ path, name, values })),
    cost: cost.name,
    search,
    replications,
    points: grid.points.length,
    runs,
    complete: !report.isInterrupted,
    best: best === undefined ? null : candidateDocument(report, best),
    tried: candidates.map((candidate) => candidateDocument(report, candidate)),
  });
  return `${printJson(document)}\n`;
}

function candidateDocument(
  { grid, scenarios }: TuneReport,
  { point, n, cost, misses }: Candidate,
): JsonObject {
  return JsonObject.of({
    settings: settingsOf(grid, point),
    n,
    cost: JsonObject.of({ mean: orNull(cost.mean), lo: orNull(cost.lo), hi: orNull(cost.hi) }),
    misses: misses.map(({ scenario, expectation, worst, by, held, n: judged }) =>
      JsonObject.of({
        scenario: scenarios[scenario],
        text: expectation.text,
        worst: worst === null ? null : round(worst),
        by: round(by),
        held,
        n: judged,
      }),
    ),
  });
}

function settingsOf({ axes, points }: TuneReport["grid"], point: number): JsonObject {
  return new JsonObject(axes.map(({ path, values }, axis) => [path, values[points[point]!.indices[axis]!]!]));
}

/** `tune.csv`: one row a point that was tried, the best first. */
export function formatTuneCsv(report: TuneReport): string {
  const { grid, candidates, cost } = report;
  const rows = candidates.map(({ point, n, cost: own, misses }) => [
    ...grid.axes.map(({ values }, axis) => values[grid.points[point]!.indices[axis]!]!),
    n,
    ...[own.mean, own.lo, own.hi].map(orNull),
    misses.length,
    misses.map((miss) => missText(report, miss)).join("; "),
  ]);
  const titles = [...grid.axes.map(({ path }) => path), "n", cost.name, "lo", "hi", "missed", "why"];
  return toCsv([titles, ...rows]);
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : round(value);
}
