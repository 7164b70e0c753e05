import { formatCount, formatTime } from "../figures.ts";
import type { RunReport } from "../run-report.ts";
import type { Style } from "../style.ts";
import type { Section } from "./section.ts";
import type { WrittenFiles } from "./summary.ts";
import { clip } from "./text.ts";

/** The verdict, and which run it is. */
export function headSection(report: RunReport, style: Style): Section {
  const { result } = report;
  const name = result.variant === null ? result.scenario : `${result.scenario}, variant ${result.variant}`;
  const warmup = result.warmup === 0 ? "" : ` (the first ${formatTime(result.warmup)} warm-up)`;
  const run = [
    `seed ${result.seed}`,
    `${formatTime(result.duration)}${warmup}`,
    `${formatCount(result.events)} events`,
    result.digest.slice(0, "sha256:".length + 12),
    `meshsim ${report.version}`,
  ];
  return {
    rows: 1,
    lines: () => [
      `${verdictText(report, style)}  ${style.bold(clip(name, 70))}`,
      style.dim(clip(run.join(" · "), 100)),
    ],
  };
}

function verdictText({ verdicts, planned, result }: RunReport, style: Style): string {
  if (planned !== undefined) {
    return style.warn(
      `interrupted after ${formatTime(result.duration)} of ${formatTime(planned)}, not judged`,
    );
  }
  const failed = verdicts.filter(({ pass }) => !pass).length;
  if (verdicts.length === 0) return style.warn("nothing expected");
  if (failed > 0) return style.bad(`✘ FAIL ${failed} of ${verdicts.length}`);
  return style.good(`✔ PASS ${verdicts.length} of ${verdicts.length}`);
}

/** Where the files are, and the command that repeats the run. */
export function footerSection(report: RunReport, written: WrittenFiles | null, style: Style): Section {
  const lines: string[] = [];
  if (written !== null) {
    lines.push(style.dim("files   ") + clip(filesText(written), 92));
  }
  repeatLines(report.repeat).forEach((line, index) => {
    lines.push(style.dim(index === 0 ? "repeat  " : "        ") + line);
  });
  return { rows: 1, lines: () => lines };
}

/** The page that shows everything, then what else there is. */
function filesText({ directory, files }: WrittenFiles): string {
  const page = "report.html";
  const charts = files.filter((file) => file.endsWith(".svg")).length;
  const others = files.filter((file) => file !== page && !file.endsWith(".svg"));
  return `${directory}/${page} (and ${[...others, `${charts} charts`].join(", ")})`;
}

/** A command that needs more lines than this is no summary. */
const maxRepeatLines = 6;

function repeatLines(words: readonly string[]): string[] {
  const lines = wrapWords(words, 88);
  return lines.length <= maxRepeatLines ? lines : ["(long: it is at the head of report.html)"];
}

/** Lines that a shell reads as one command. */
function wrapWords(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(`${line} \\`);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
