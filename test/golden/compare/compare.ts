import { compareDistribution } from "./distribution.ts";
import { compareEventTimes } from "./events.ts";
import { compareExact } from "./exact.ts";
import { compareRange } from "./range.ts";
import type { Recording, Row } from "./recording.ts";
import type { Rules } from "./rules.ts";
import { compareSequence } from "./sequence.ts";

/** Judges a probe by the rules of its case: one text for each thing that does not agree. */
export function compare(recorded: Recording, actual: Recording, rules: Rules): string[] {
  return [
    ...compareExact(recorded, actual, rules),
    ...(rules.sequence ?? []).flatMap((rule) => compareSequence(recorded, actual, rule)),
    ...(rules.distribution ?? []).flatMap((rule) => compareDistribution(actual, rule)),
    ...(rules.set_per_route ?? []).flatMap(({ field, routes }) =>
      compareSets(recorded, actual, field, routes),
    ),
    ...(rules.range ?? []).flatMap((rule) => compareRange(recorded, actual, rule)),
    ...(rules.events ?? []).flatMap((rule) => compareEventTimes(recorded, actual, rule)),
  ];
}

/** The set of values that the requests of each route reach is equal. */
function compareSets(
  recorded: Recording,
  actual: Recording,
  field: string,
  only: readonly string[] | undefined,
): string[] {
  const wanted = setsByRoute(recorded.results, field);
  const found = setsByRoute(actual.results, field);
  const routes = only ?? [...new Set([...wanted.keys(), ...found.keys()])];
  return routes.flatMap((route) => {
    const [all, reached] = [wanted, found].map((sets) => [...(sets.get(route) ?? [])].sort().join(" "));
    return all === reached ? [] : [`${field} by route ${route}: recorded ${all}, got ${reached}`];
  });
}

function setsByRoute(rows: readonly Row[], field: string): Map<unknown, Set<unknown>> {
  const sets = new Map<unknown, Set<unknown>>();
  for (const row of rows) sets.set(row.route, (sets.get(row.route) ?? new Set()).add(row[field] ?? null));
  return sets;
}
