import { plainStyle } from "../style.ts";
import { failuresOf } from "./failures.ts";
import { caseName, type TestCase, type TestReport, unjudgedOf } from "./test-report.ts";
import { tallyLine } from "./text.ts";

/**
 * Workflow commands of GitHub Actions: an annotation for each failure at its line, one for each scenario that is not judged, and one
 * with the count.
 * `pathOf` makes the paths relative to the checked-out repository.
 */
export function formatAnnotations(report: TestReport, pathOf: (file: string) => string): string {
  const errors = report.cases
    .filter(({ state }) => state === "failed")
    .flatMap((test) =>
      failuresOf(test).map(({ file, line, title, lines }) => {
        const properties = `file=${property(pathOf(file))},line=${line},title=${property(caseName(test))}`;
        return `::error ${properties}::${message([title, ...lines, test.look].join("\n"))}`;
      }),
    );
  const warnings = unjudgedOf(report).map(
    ({ file, text }) => `::warning file=${property(pathOf(file))},line=1,title=meshsim::${message(text)}`,
  );
  const count = `::notice title=meshsim::${message(tallyLine(report, plainStyle))}`;
  return [...errors, ...warnings, count, ""].join("\n");
}

/** What the step's summary shows, in Markdown. */
export function formatStepSummary(report: TestReport): string {
  const failed = report.cases.filter(({ state }) => state === "failed");
  const rows = report.cases.map(
    (test) => `| ${cell(caseName(test))} | ${stateText(test)} | ${goldenText(test)} |`,
  );
  return [
    "## meshsim",
    "",
    tallyLine(report, plainStyle),
    "",
    "| scenario | expectations | golden |",
    "| --- | --- | --- |",
    ...rows,
    "",
    ...failed.flatMap(failureSection),
  ].join("\n");
}

function failureSection(test: TestCase): string[] {
  const lines = failuresOf(test).flatMap(({ title, lines, file, line }) => [
    `✘ ${title}`,
    ...lines.map((text) => `    ${text}`),
    `    ${file}:${line}`,
  ]);
  // Indented text is shown as it is, whatever it contains.
  return [`### ${caseName(test)}`, "", ...lines.map((line) => `    ${line}`), "", `    ${test.look}`, ""];
}

function stateText({ state, expectations }: TestCase): string {
  if (state === "not-run") return "not run";
  if (state === "unjudged") return "⚠️ none";
  const held = expectations.filter(({ pass }) => pass).length;
  return `${held === expectations.length ? "✅" : "❌"} ${held} of ${expectations.length}`;
}

function goldenText({ golden }: TestCase): string {
  return golden.state === "differs" ? "❌ differs" : golden.state;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** What GitHub's runner decodes in the text of a command. */
function message(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
