import type { RunReport } from "../run-report.ts";
import type { Style } from "../style.ts";
import { clientSection } from "./clients.ts";
import { expectationSection } from "./expectations.ts";
import { footerSection, headSection } from "./frame.ts";
import { noteSection } from "./notes.ts";
import { proxySection } from "./proxies.ts";
import { fitSections } from "./section.ts";
import { serviceSections } from "./services.ts";
import { timelineSection } from "./timeline.ts";

/** What was written to disk: a directory and the names in it. */
export interface WrittenFiles {
  readonly directory: string;
  readonly files: readonly string[];
}

/** A terminal that need not scroll. */
const maxLines = 40;

/**
 * The summary of one run for a terminal: the verdict first, at most 40 lines of at most 100 columns, with a
 * line end after each. What does not fit is counted.
 */
export function formatSummary(report: RunReport, written: WrittenFiles | null, style: Style): string {
  const sections = [
    headSection(report, style),
    expectationSection(report, style),
    clientSection(report.result, style),
    proxySection(report.result, style),
    ...serviceSections(report.result, style),
    timelineSection(report.result, style),
    noteSection(report.notes, style),
    footerSection(report, written, style),
  ];
  return fitSections(sections, maxLines)
    .map((line) => `${line}\n`)
    .join("");
}
