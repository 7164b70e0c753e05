import type { Recording, Row } from "./recording.ts";
import type { SequenceRule } from "./rules.ts";

/** Overlapping parts must be at least this share of a sequence. */
const LEAST_OVERLAP = 1 / 3;

export function compareSequence(recorded: Recording, actual: Recording, rule: SequenceRule): string[] {
  const wanted = valuesOf(recorded.results, rule.field);
  const found = valuesOf(actual.results, rule.field);
  switch (rule.mode) {
    case "up_to_start":
      return isShifted(wanted, found)
        ? []
        : [`sequence of ${rule.field}: not the recorded one from any start`];
    case "up_to_start_within_groups":
      return compareGroups(wanted, found, rule);
    case "weighted_windows":
      return compareWindows(found, rule);
  }
}

function compareGroups(
  wanted: readonly unknown[],
  found: readonly unknown[],
  { field, groups }: SequenceRule & { mode: "up_to_start_within_groups" },
): string[] {
  const groupOf = (value: unknown) => groups.findIndex((group) => group.includes(value));
  const misses = isShifted(wanted.map(groupOf), found.map(groupOf))
    ? []
    : [`sequence of the groups of ${field}: not the recorded one from any start`];
  groups.forEach((group, index) => {
    const isMember = (value: unknown) => group.includes(value);
    if (!isShifted(wanted.filter(isMember), found.filter(isMember)))
      misses.push(`sequence of ${field} in group ${index}: not the recorded one from any start`);
  });
  return misses;
}

/** Whether one sequence, moved against the other, equals it wherever both are. */
function isShifted(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length === 0 && b.length === 0) return true;
  const least = Math.max(1, Math.ceil(Math.min(a.length, b.length) * LEAST_OVERLAP));
  for (let shift = 0; shift < Math.max(a.length, b.length); shift++) {
    if (isEqualFrom(a, b, shift, least) || isEqualFrom(b, a, shift, least)) return true;
  }
  return false;
}

/** Whether `a` from `shift` on equals `b` from its start on, as far as both go. */
function isEqualFrom(a: readonly unknown[], b: readonly unknown[], shift: number, least: number): boolean {
  const overlap = Math.min(a.length - shift, b.length);
  if (overlap < least) return false;
  for (let i = 0; i < overlap; i++) if (a[i + shift] !== b[i]) return false;
  return true;
}

/** In every window of one period each value appears as often as its weight says, give or take the tolerance. */
function compareWindows(
  found: readonly unknown[],
  { field, period, weights, tolerance }: SequenceRule & { mode: "weighted_windows" },
): string[] {
  for (let start = 0; start + period <= found.length; start++) {
    const window = found.slice(start, start + period);
    for (const [value, weight] of Object.entries(weights)) {
      const count = window.filter((one) => one === value).length;
      if (Math.abs(count - weight) > tolerance)
        return [`window at ${start} of ${field}: ${value} appears ${count} times, its weight is ${weight}`];
    }
  }
  const stranger = found.find((value) => !(String(value) in weights));
  return stranger === undefined ? [] : [`sequence of ${field}: ${stranger} has no weight`];
}

function valuesOf(rows: readonly Row[], field: string): unknown[] {
  return rows.map((row) => row[field] ?? null);
}
