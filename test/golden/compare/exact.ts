import { canonical } from "./canonical.ts";
import type { Recording, Row } from "./recording.ts";
import type { Rules } from "./rules.ts";

/** Of a health or outlier event, what is compared. */
const EJECTION_FIELDS = ["type", "host", "action", "num_ejections", "enforced"];

/** What is not equal although it must be: fields of results, further files, statistics. */
export function compareExact(recorded: Recording, actual: Recording, rules: Rules): string[] {
  const fields = rules.exact ?? [];
  return [
    ...fields.flatMap((field) => compareField(field, recorded, actual, rules)),
    ...(rules.stats_exact ?? []).flatMap((name) =>
      difference(`stats ${name}`, recorded.stats[name] ?? 0, actual.stats[name] ?? 0),
    ),
  ];
}

function compareField(field: string, recorded: Recording, actual: Recording, rules: Rules): string[] {
  switch (field) {
    case "ejections":
      return difference(field, recorded.ejections.map(ejection), actual.ejections.map(ejection));
    case "health":
      return difference(field, healthByHost(recorded.health), healthByHost(actual.health));
    case "responses":
    case "mirrors":
      return byRequest(field, recorded[field], actual[field], (row) => row, rules);
    case "upstream": {
      // Where hosts are left to chance, so are the endpoints that received the attempts.
      const shown = rules.exact!.includes("attempts") ? (row: Row) => row : withoutEndpoint;
      return byRequest(field, recorded.upstream, actual.upstream, shown, rules);
    }
    default:
      return byRequest(field, recorded.results, actual.results, (row) => row[field] ?? null, rules);
  }
}

function byRequest(
  field: string,
  recorded: readonly Row[],
  actual: readonly Row[],
  valueOf: (row: Row) => unknown,
  { except_n }: Rules,
): string[] {
  const except = new Set(except_n?.[field]);
  const found = groupByRequest(actual, valueOf);
  const wanted = groupByRequest(recorded, valueOf);
  const all = [...new Set([...wanted.keys(), ...found.keys()])].filter((n) => !except.has(n));
  return all.flatMap((n) => difference(`${field} of ${n}`, wanted.get(n) ?? [], found.get(n) ?? []));
}

function groupByRequest(rows: readonly Row[], valueOf: (row: Row) => unknown): Map<number, unknown[]> {
  const groups = new Map<number, unknown[]>();
  for (const row of rows) {
    const n = row.n as number;
    const group = groups.get(n);
    if (group === undefined) groups.set(n, [valueOf(row)]);
    else group.push(valueOf(row));
  }
  return groups;
}

function withoutEndpoint({ endpoint: _, ...rest }: Row): Row {
  return rest;
}

function ejection(row: Row): unknown[] {
  return EJECTION_FIELDS.map((field) => row[field]);
}

function healthByHost(events: readonly Row[]): Record<string, Row[]> {
  const byHost: Record<string, Row[]> = {};
  for (const { at_ms: _, ...event } of events) (byHost[event.host as string] ??= []).push(event);
  return byHost;
}

function difference(what: string, recorded: unknown, actual: unknown): string[] {
  const [wanted, found] = [canonical(recorded), canonical(actual)];
  return wanted === found ? [] : [`${what}: recorded ${wanted}, got ${found}`];
}
