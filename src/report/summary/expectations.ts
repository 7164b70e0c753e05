import type { Verdict } from "../../experiment/judge.ts";
import { formatMetric } from "../figures.ts";
import type { RunReport } from "../run-report.ts";
import type { Style } from "../style.ts";
import { explainFailure } from "../worst-moment.ts";
import { moreLine, type Section } from "./section.ts";
import { clip, clipMiddle } from "./text.ts";

const textWidth = 78;

/** Each expectation with its actual value; where not all can be shown, failed ones come first. */
export function expectationSection(report: RunReport, style: Style): Section {
  const { verdicts, result } = report;
  const failedFirst = [...verdicts.filter(({ pass }) => !pass), ...verdicts.filter(({ pass }) => pass)];
  return {
    rows: verdicts.length,
    lines: (rows) => {
      const shown = rows < verdicts.length ? failedFirst.slice(0, rows) : verdicts;
      const width = Math.min(textWidth, Math.max(...shown.map(({ text }) => text.length)));
      return [
        ...shown.flatMap((verdict) => [
          expectationLine(verdict, width, style),
          ...(verdict.pass ? [] : [`    ${style.bad(clip(explainFailure(verdict, result), 96))}`]),
        ]),
        ...moreLine(verdicts.length, rows, "expectations"),
      ];
    },
  };
}

function expectationLine(verdict: Verdict, width: number, style: Style): string {
  const mark = verdict.pass ? style.good("✔") : style.bad("✘");
  const actual = formatMetric(verdict.actual, verdict.unit);
  const text = clipMiddle(verdict.text, width).padEnd(width);
  return `  ${mark} ${text}  ${verdict.pass ? actual : style.bad(actual)}`;
}
