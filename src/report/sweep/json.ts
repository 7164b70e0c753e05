import { SECOND } from "../../kernel/time.ts";
import { round } from "../figures.ts";
import { JsonObject, type OrderedJson, printJson } from "../ordered-json.ts";
import type { MapReport, SweepReport } from "./sweep-report.ts";

/** The document that `meshsim sweep FILE --json` prints, with a line end; its keys are in docs/sweeping.md. */
export function formatSweepJson(report: SweepReport): string {
  const { version, scenario, variant, seed, grid, comparison, map } = report;
  const document = JsonObject.of({
    schema: 1,
    meshsim: version,
    scenario,
    variant: variant ?? null,
    seed,
    axes: grid.axes.map(({ path, name, values }) => JsonObject.of({ path, name, values })),
    points: grid.points.map((point, index) => pointDocument(report, point.indices, index)),
    ...(map !== undefined && { map: ruleDocument(map) }),
    complete: comparison.arms.every(({ n }) => n === report.replications),
  });
  return `${printJson(document)}\n`;
}

function pointDocument(
  { grid, comparison, map }: SweepReport,
  indices: readonly number[],
  at: number,
): JsonObject {
  const { n, expectations } = comparison.arms[at]!;
  return JsonObject.of({
    settings: new JsonObject(grid.axes.map(({ path, values }, axis) => [path, values[indices[axis]!]!])),
    n,
    metrics: new JsonObject(
      comparison.metrics.map(({ text, arms }) => {
        const { mean, lo, hi, n: known } = arms[at]!.interval;
        return [text, JsonObject.of({ mean: orNull(mean), lo: orNull(lo), hi: orNull(hi), n: known })];
      }),
    ),
    expect: expectations.map(({ text, held, n: judged }) => JsonObject.of({ text, held, n: judged })),
    ...(map !== undefined && { recovery: cellDocument(map, at) }),
  });
}

function cellDocument({ cells }: MapReport, at: number): OrderedJson {
  const { fate, time, n, never, before } = cells[at]!;
  const known = time === undefined || time === Number.POSITIVE_INFINITY ? null : round(time / SECOND);
  return JsonObject.of({
    fate,
    time_s: known,
    n,
    never,
    before: before === undefined ? null : round(before),
  });
}

function ruleDocument({ rule, lateAfter }: MapReport): JsonObject {
  return JsonObject.of({
    client: rule.client ?? null,
    fault: rule.fault ?? null,
    threshold: rule.threshold,
    window_s: rule.window / SECOND,
    late_after_s: lateAfter / SECOND,
  });
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : round(value);
}
