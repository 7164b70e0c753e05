import { formatCount, formatTime } from "../figures.ts";
import type { RunReport } from "../run-report.ts";
import type { Style } from "../style.ts";
import type { Section } from "./section.ts";
import type { WrittenFiles } from "./summary.ts";
import { clip, clipMiddle } from "./text.ts";

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

function verdictText({ verdicts }: RunReport, style: Style): string {
  const failed = verdicts.filter(({ pass }) => !pass).length;
  if (verdicts.length === 0) return style.warn("nothing expected");
  if (failed > 0) return style.bad(`✘ FAIL ${failed} of ${verdicts.length}`);
  return style.good(`✔ PASS ${verdicts.length} of ${verdicts.length}`);
}

/** Where the files are, and the command that repeats the run. */
export function footerSection(report: RunReport, written: WrittenFiles | null, style: Style): Section {
  const lines: string[] = [];
  if (written !== null) {
    const charts = written.files.filter((file) => file.endsWith(".svg")).length;
    const others = written.files.filter((file) => !file.endsWith(".svg"));
    const list = [...others, ...(charts > 0 ? [`${charts} charts`] : [])].join(", ");
    lines.push(style.dim("files   ") + clipMiddle(`${written.directory}: ${list}`, 92));
  }
  wrapWords(report.repeat, 88).forEach((line, index) => {
    lines.push(style.dim(index === 0 ? "repeat  " : "        ") + line);
  });
  return { rows: 1, lines: () => lines };
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
