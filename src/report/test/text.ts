import type { Style } from "../style.ts";
import { failuresOf } from "./failures.ts";
import { caseName, type TestCase, type TestReport, tallyOf, unjudgedOf } from "./test-report.ts";

/** What people read: a line for each scenario with a mark for each run, then what failed and why, then a count. */
export function formatTestText(report: TestReport, style: Style): string {
  const files = [...new Set(report.cases.map(({ file }) => file))];
  const width = Math.max(0, ...files.map((file) => file.length));
  const lines = files.map((file) =>
    fileLine(
      file.padEnd(width),
      report.cases.filter((each) => each.file === file),
      style,
    ),
  );
  const failed = report.cases.filter(({ state }) => state === "failed");
  const unjudged = unjudgedOf(report).map(({ file, text }) => `${style.warn("!")} ${file}: ${text}`);
  return [
    ...lines,
    ...(unjudged.length > 0 ? ["", ...unjudged] : []),
    ...failed.flatMap((each) => caseLines(each, style)),
    "",
    tallyLine(report, style),
    "",
  ].join("\n");
}

function fileLine(file: string, cases: readonly TestCase[], style: Style): string {
  const marks = cases.map((each) => mark(each, style)).join("");
  const expected = count(
    cases.reduce((sum, { expectations }) => sum + expectations.length, 0),
    "expectation",
  );
  return `${file}  ${marks}  ${style.dim([expected, goldenText(cases)].join(" · "))}`;
}

function mark({ state }: TestCase, style: Style): string {
  if (state === "not-run") return style.dim("-");
  if (state === "unjudged") return style.warn("?");
  return state === "passed" ? style.good("✔") : style.bad("✘");
}

function goldenText(cases: readonly TestCase[]): string {
  const states = cases.map(({ golden }) => golden.state);
  if (states.includes("written")) return "golden written";
  if (states.includes("differs")) return "golden differs";
  if (states.every((state) => state === "same")) return "golden";
  return states.includes("absent") ? "no golden" : "golden not checked";
}

function caseLines(test: TestCase, style: Style): string[] {
  const failures = failuresOf(test).flatMap(({ file, line, title, lines }) => [
    `  ${style.bad("✘")} ${title}`,
    ...lines.map((text) => `      ${text}`),
    `      ${style.dim(`${file}:${line}`)}`,
  ]);
  return ["", style.bold(caseName(test)), ...failures, `  ${style.dim("look")}  ${test.look}`];
}

export function tallyLine(report: TestReport, style: Style): string {
  const { passed, failed, unjudged, notRun, ...more } = tallyOf(report);
  const parts = [
    ...(failed > 0 ? [style.bad(`${failed} failed`)] : []),
    style.good(`${passed} passed`),
    ...(unjudged > 0 ? [style.warn(`${unjudged} not judged`)] : []),
    ...(notRun > 0 ? [style.warn(`${notRun} not run`)] : []),
  ];
  const runs = report.seeds === 1 ? "" : ` with ${report.seeds} seeds each`;
  const { index, count: shards } = report.shard ?? { index: 1, count: 1 };
  const shard = report.shard === undefined ? "" : `shard ${index}/${shards} · `;
  const differing = more.differingGoldens > 0 ? `, ${more.differingGoldens} differ` : "";
  const broken = more.failedExpectations > 0 ? `, ${more.failedExpectations} failed` : "";
  const details = `${count(more.expectations, "expectation")}${broken} · ${count(more.goldens, "golden")}${differing}`;
  const interrupted = report.isInterrupted ? ` · ${style.warn("interrupted")}` : "";
  return `${shard}${parts.join(", ")}${runs} · ${details}${interrupted} · meshsim ${report.version}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
