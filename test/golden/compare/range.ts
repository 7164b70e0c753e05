import { canonical } from "./canonical.ts";
import type { Recording, Row } from "./recording.ts";
import type { RangeRule } from "./rules.ts";

/** Begins fields that are statistics. */
const STATS = "stats:";
const COUNT = /^count:(\w+)=(.*)$/;

export function compareRange(recorded: Recording, actual: Recording, rule: RangeRule): string[] {
  const count = COUNT.exec(rule.field);
  if (count !== null) {
    const [, field = "", value = ""] = count;
    const counted = ({ results }: Recording) => results.filter((row) => String(row[field]) === value).length;
    return check(rule.field, rule, counted(recorded), counted(actual));
  }
  if (rule.field.startsWith(STATS)) {
    const valueIn = ({ stats }: Recording) => stats[rule.field.slice(STATS.length)] ?? 0;
    return check(rule.field, rule, valueIn(recorded), valueIn(actual));
  }
  if (rule.field === "ejections.at_ms") return compareEvents(rule, recorded.ejections, actual.ejections);
  if (rule.field === "health.at_ms") return compareEvents(rule, recorded.health, actual.health);
  const found = new Map(actual.results.map((row) => [row.n, row[rule.field]]));
  return recorded.results
    .filter(({ n }) => rule.n === undefined || rule.n.includes(n as number))
    .flatMap((row) => check(`${rule.field} of ${row.n}`, rule, row[rule.field], found.get(row.n)));
}

/** The k-th event of a kind at a host is compared with the k-th: the order between hosts may be free. */
function compareEvents(rule: RangeRule, recorded: readonly Row[], actual: readonly Row[]): string[] {
  const found = new Map(keyed(actual));
  return keyed(recorded).flatMap(([key, event]) =>
    check(`${rule.field} of ${key}`, rule, event.at_ms, found.get(key)?.at_ms),
  );
}

function keyed(events: readonly Row[]): [key: string, event: Row][] {
  const seen = new Map<string, number>();
  return events.map((event) => {
    const { at_ms: _, ...rest } = event;
    const kind = canonical("action" in rest ? [rest.host, rest.action] : rest);
    const k = seen.get(kind) ?? 0;
    seen.set(kind, k + 1);
    return [`${kind} no. ${k}`, event];
  });
}

function check(what: string, rule: RangeRule, recorded: unknown, actual: unknown): string[] {
  if (recorded == null && actual == null) return [];
  if (typeof recorded !== "number" || typeof actual !== "number") {
    return [`${what}: recorded ${recorded}, got ${actual}`];
  }
  const least = rule.min ?? (rule.below === undefined ? Number.NEGATIVE_INFINITY : recorded - rule.below);
  const most = rule.max ?? (rule.above === undefined ? Number.POSITIVE_INFINITY : recorded + rule.above);
  return actual >= least && actual <= most ? [] : [`${what}: recorded ${recorded}, got ${actual}`];
}
