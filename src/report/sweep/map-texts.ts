import type { Fate, MapCell } from "../../experiment/sweep/stability-map.ts";
import { SECOND } from "../../kernel/time.ts";
import type { MapReport } from "./sweep-report.ts";

export const fates: readonly Fate[] = ["recovers", "late", "never", "failing", "unknown"];

const words: Readonly<Record<Fate, string>> = {
  recovers: "recovers",
  late: "recovers late",
  never: "never recovers",
  failing: "failing before the fault",
  unknown: "no data",
};

export function fateText(fate: Fate): string {
  return words[fate];
}

/** What stands in a cell: the time, `never` and how many replications did not recover where they do not agree. */
export function cellText({ fate, time, n, never }: MapCell): string {
  const mixed = never > 0 && never < n ? ` (${never}/${n} never)` : "";
  switch (fate) {
    case "unknown":
      return "no data";
    case "failing":
      return "failing";
    case "never":
      return mixed === "" ? "never" : `never${mixed.replace(" never)", ")")}`;
    default:
      return `${Number((time! / SECOND).toPrecision(3))} s${mixed}`;
  }
}

/** What the colours mean, in a sentence. */
export function ruleText({ rule, lateAfter }: MapReport): string {
  const whose = rule.client === undefined ? "success" : `success of ${rule.client}`;
  const what = rule.fault === undefined ? "the fault" : rule.fault;
  const share = Number((100 * rule.threshold).toPrecision(6));
  return `time from the end of ${what} until ${whose} stays at ${share}% of its level before, in windows of ${rule.window / SECOND} s; late after ${lateAfter / SECOND} s`;
}

/** `recovers 12 of 25, late 3, never 10`. */
export function countText({ cells }: MapReport): string {
  const counts = fates
    .map((fate) => ({ fate, count: cells.filter((cell) => cell.fate === fate).length }))
    .filter(({ count }) => count > 0);
  return `${counts.map(({ fate, count }) => `${fateText(fate)} ${count}`).join(", ")} of ${cells.length}`;
}
