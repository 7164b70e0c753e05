import type { ComparedMetric, Comparison } from "../../experiment/compare/comparison.ts";
import type { Style } from "../style.ts";
import { alignRows, clip } from "../summary/text.ts";
import { closingSentences } from "./closing.ts";
import type { ComparisonReport, FirstDifferenceReport } from "./comparison-report.ts";
import { describeDifference, formatEstimate, formatGroups } from "./estimates.ts";
import { requestName, shortStoryLines } from "./story-lines.ts";

/** Where the files are. */
export interface WrittenComparison {
  readonly directory: string;
  readonly files: readonly string[];
}

/** What `meshsim compare` prints for people. */
export function formatComparison(
  report: ComparisonReport,
  written: WrittenComparison | null,
  style: Style,
): string {
  const { comparison } = report;
  const sections = [
    headLines(report, style),
    valueLines(comparison, style),
    groupLines(comparison, style),
    differenceLines(comparison, style),
    expectationLines(comparison, style),
    ...storySections(report.firstDifferences, style),
    closingSentences(comparison).map((line) => style.bold(line)),
    footerLines(report, written, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines(
  { scenario, seed, replications, version, comparison, isInterrupted, missedPrecision }: ComparisonReport,
  style: Style,
) {
  const made = Math.min(...comparison.arms.map(({ n }) => n));
  const count = isInterrupted
    ? `${made} of ${replications} replications, interrupted`
    : `${made} replications`;
  const missed = missedPrecision === undefined ? "" : `, not yet precise to ${missedPrecision}`;
  const run = [
    `${count}${missed}`,
    `seeds ${seed}${made > 1 ? ` to ${seed}/${made - 1}` : ""}`,
    `meshsim ${version}`,
  ];
  return [
    `${style.bold(scenario)}: ${comparison.arms.map(({ name }) => name).join(" · ")}`,
    style.dim(`${run.join(" · ")} · mean ± half of the 95% interval`),
  ];
}

/** Columns that stand beside one another. */
const columnsInRow = 4;
const columnWidth = 24;

function valueLines({ arms, metrics }: Comparison, style: Style): string[] {
  const positions = arms.map((_, index) => index);
  return chunked(positions).flatMap((chosen, part) => {
    const rows = metrics.map((metric) => [
      shortName(metric.text),
      ...chosen.map((arm) => cellOf(metric, arm)),
    ]);
    return tableLines(["", ...chosen.map((arm) => arms[arm]!.name)], rows, part > 0, style);
  });
}

function cellOf({ arms, unit }: ComparedMetric, arm: number): string {
  const { interval, groups } = arms[arm]!;
  return groups === undefined ? formatEstimate(interval, unit) : "two outcomes";
}

function differenceLines({ arms, metrics }: Comparison, style: Style): string[] {
  const others = arms.slice(1).map((_, index) => index);
  if (metrics.length === 0) return [];
  return chunked(others).flatMap((chosen, part) => {
    const rows = metrics.map(({ text, unit, differences }) => [
      shortName(text),
      ...chosen.map((index) => describeDifference(differences[index]!, unit)),
    ]);
    const title = part === 0 ? `difference from ${arms[0]!.name}` : "";
    return tableLines([title, ...chosen.map((index) => arms[index + 1]!.name)], rows, part > 0, style);
  });
}

function chunked(positions: readonly number[]): number[][] {
  const count = Math.ceil(positions.length / columnsInRow);
  return Array.from({ length: count }, (_, part) =>
    positions.slice(part * columnsInRow, (part + 1) * columnsInRow),
  );
}

function tableLines(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  isLater: boolean,
  style: Style,
): string[] {
  const wrapped = titles.map((title, column) => (column === 0 ? [title] : wrapTitle(title)));
  const height = Math.max(...wrapped.map(({ length }) => length));
  const heads = Array.from({ length: height }, (_, line) => wrapped.map((own) => own[line] ?? ""));
  const lines = alignRows([...heads, ...rows]);
  return [
    ...(isLater ? [""] : []),
    ...lines.slice(0, height).map((line) => style.dim(line)),
    ...lines.slice(height),
  ];
}

const mostTitleLines = 3;

/** The title of a column on several lines: names such as `timeout=1s, workers=4` differ at their ends. */
function wrapTitle(title: string): string[] {
  const lines: string[] = [];
  for (const part of title.split(/(?<=, )/)) {
    const last = lines.at(-1);
    if (last !== undefined && (last + part).trimEnd().length <= columnWidth) lines[lines.length - 1] += part;
    else for (let at = 0; at < part.length; at += columnWidth) lines.push(part.slice(at, at + columnWidth));
  }
  const shown = lines.slice(0, mostTitleLines).map((line) => line.trimEnd());
  if (lines.length > mostTitleLines) shown.push(clip(lines.slice(mostTitleLines).join(""), columnWidth));
  return shown;
}

const nameWidth = 46;

/** `edge.stats[cluster.checkout.upstream_rq_retry]` without what is always the same. */
function shortName(text: string): string {
  const short = text.replace(/^(.*)\.stats\[cluster\.(.*)\]$/, "$1 $2");
  return short.length <= nameWidth
    ? short
    : `${short.slice(0, 12)}…${short.slice(short.length - nameWidth + 13)}`;
}

function groupLines({ metrics }: Comparison, style: Style): string[] {
  const lines = metrics.flatMap(({ text, unit, arms }) =>
    arms.flatMap(({ arm, groups }) =>
      groups === undefined ? [] : [`  ${arm}, ${shortName(text)}: ${formatGroups(groups, unit)}`],
    ),
  );
  return lines.length === 0 ? [] : [style.warn("replications with two outcomes, told as shares"), ...lines];
}

/** Those that hold everywhere are only counted. */
function expectationLines({ arms }: Comparison, style: Style): string[] {
  const all = arms.flatMap(({ name, expectations }) => expectations.map((each) => ({ name, ...each })));
  if (all.length === 0) return [];
  const failing = all.filter(({ held, n }) => held < n);
  const holding = all.length - failing.length;
  const width = Math.max(0, ...failing.map(({ held, n }) => `${held} of ${n}`.length));
  return [
    style.dim("expectations, and in how many replications they hold"),
    ...(holding === 0 ? [] : [`  ${style.good("✔")} ${holding} of ${all.length} hold in all replications`]),
    ...failing.map(
      ({ name, text, held, n }) => `  ${style.bad("✘")} ${`${held} of ${n}`.padEnd(width)}  ${name}: ${text}`,
    ),
  ];
}

/** More stories than this are in the report. */
const mostStories = 3;

function storySections(differences: readonly FirstDifferenceReport[], style: Style): string[][] {
  const left = differences.slice(mostStories).map(({ of }) => of);
  return [
    ...differences.slice(0, mostStories).map((each) => firstDifferenceLines(each, style)),
    left.length === 0
      ? []
      : [style.dim(`the first requests with another fate of ${left.join(", ")} are in report.html`)],
  ];
}

/** The first request that somebody would notice, and since when others get the requests. */
function firstDifferenceLines({ of, from, first }: FirstDifferenceReport, style: Style): string[] {
  const { outcome, host } = first;
  const told = outcome ?? host;
  if (told === undefined) {
    return [`${of}: every request of replication 0 ends as in ${from}; only times differ`];
  }
  const what = outcome === undefined ? "that goes to another host" : "with another fate";
  const story = (name: string, lines: readonly string[]) => [
    `  ${name}`,
    ...lines.map((line) => `    ${line}`),
  ];
  return [
    style.dim(`${of}: the first request of replication 0 ${what}, ${requestName(told.from)}`),
    ...story(from, shortStoryLines(told.from)),
    ...story(of, shortStoryLines(told.of)),
    ...(outcome !== undefined && host !== undefined && requestName(host.from) !== requestName(outcome.from)
      ? [style.dim(`  other hosts get requests from ${requestName(host.from)}`)]
      : []),
  ];
}

function footerLines(
  { repeat }: ComparisonReport,
  written: WrittenComparison | null,
  style: Style,
): string[] {
  const files =
    written === null
      ? []
      : [
          `${style.dim("files   ")}${written.directory}/report.html (and ${written.files.filter((file) => file !== "report.html").join(", ")})`,
        ];
  return [...files, `${style.dim("repeat  ")}${repeat.join(" ")}`];
}
