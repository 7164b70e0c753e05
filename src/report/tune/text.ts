import type { Miss } from "../../experiment/tune/candidate.ts";
import { formatEstimate } from "../compare/estimates.ts";
import { formatMetric } from "../figures.ts";
import type { Style } from "../style.ts";
import { alignRows } from "../summary/text.ts";
import { nameOf, satisfies, type TuneReport } from "./tune-report.ts";

/** Where the files are. */
export interface WrittenTune {
  readonly directory: string;
  readonly files: readonly string[];
}

/** More are in the files. */
const mostGood = 8;
const mostBad = 8;

/** What `meshsim tune` prints for people. */
export function formatTune(report: TuneReport, written: WrittenTune | null, style: Style): string {
  const sections = [
    headLines(report, style),
    goodLines(report, style),
    badLines(report, style),
    [style.bold(closing(report))],
    footerLines(report, written, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines(report: TuneReport, style: Style): string[] {
  const { scenarios, variant, grid, candidates, runs, search, replications, version, isInterrupted } = report;
  const how = search === "grid" ? "all points" : "coordinate descent";
  const parts = [
    `${candidates.length} of ${grid.points.length} points tried, ${how}`,
    `${runs} runs, up to ${replications} replications a point`,
    ...(isInterrupted ? ["interrupted"] : []),
    `meshsim ${version}`,
  ];
  const what = variant === undefined ? scenarios.join(", ") : `${scenarios.join(", ")}, variant ${variant}`;
  return [
    `${style.bold(what)}: ${grid.axes.map(({ path }) => path).join(" × ")}`,
    style.dim(parts.join(" · ")),
    style.dim(`cost: ${report.cost.text}, mean ± half of the 95% interval`),
  ];
}

function goodLines(report: TuneReport, style: Style): string[] {
  const good = report.candidates.filter((candidate) => satisfies(candidate, report));
  if (good.length === 0) return [];
  const rows = good
    .slice(0, mostGood)
    .map(({ point, cost }) => [
      `  ${style.good("✔")} ${nameOf(report, point)}`,
      formatEstimate(cost, report.cost.unit),
    ]);
  const left = good.length - rows.length;
  return [
    style.dim(`satisfying all expectations in all replications, the cheapest first`),
    ...alignRows(rows),
    ...(left > 0 ? [style.dim(`  and ${left} more`)] : []),
  ];
}

function badLines(report: TuneReport, style: Style): string[] {
  const bad = report.candidates.filter(({ misses }) => misses.length > 0);
  if (bad.length === 0) return [];
  const lines = bad
    .slice(0, mostBad)
    .flatMap(({ point, misses, cost }) => [
      `  ${style.bad("✘")} ${nameOf(report, point)}  ${style.dim(`cost ${formatMetric(cost.mean, report.cost.unit)}`)}`,
      ...misses.map((miss) => `      ${missText(report, miss)}`),
    ]);
  const left = bad.length - Math.min(bad.length, mostBad);
  return [
    style.dim("missing some, the nearest first"),
    ...lines,
    ...(left > 0 ? [style.dim(`  and ${left} more, in tune.csv`)] : []),
  ];
}

/** `slow-hosts: web.p99 < 250ms: 300 ms, 20% off the limit; holds in 2 of 5`. */
export function missText({ scenarios, unitOf }: TuneReport, miss: Miss): string {
  const { scenario, expectation, worst, by, held, n } = miss;
  const value = formatMetric(worst, unitOf(miss));
  const relative = expectation.limit === 0 ? "" : `, ${Number((100 * by).toPrecision(2))}% off the limit`;
  return `${scenarios[scenario]}: ${expectation.text}: ${value}${worst === null ? "" : relative}; holds in ${held} of ${n}`;
}

/** The answer in a sentence. */
export function closing(report: TuneReport): string {
  const { best, candidates, cost, isInterrupted } = report;
  if (best !== undefined) {
    const told = `${nameOf(report, best.point)} satisfies all expectations at least cost: ${formatMetric(best.cost.mean, cost.unit)} (${cost.text}).`;
    return isInterrupted ? `So far: ${told}` : told;
  }
  const [nearest] = candidates;
  if (nearest === undefined || nearest.misses.length === 0)
    return "Interrupted before any point had all its replications.";
  return `No point that was tried satisfies all expectations. The nearest is ${nameOf(report, nearest.point)}; it misses ${missText(report, nearest.misses[0]!)}.`;
}

function footerLines({ repeat }: TuneReport, written: WrittenTune | null, style: Style): string[] {
  const files =
    written === null
      ? []
      : [
          `${style.dim("files   ")}${written.directory}/report.html (and ${written.files.filter((file) => file !== "report.html").join(", ")})`,
        ];
  return [...files, `${style.dim("repeat  ")}${repeat.join(" ")}`];
}
