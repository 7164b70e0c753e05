import junit, { type Builder, type TestCase as TestElement } from "junit-report-builder";
import { failuresOf } from "./failures.ts";
import type { TestCase, TestReport } from "./test-report.ts";

// The package exports the builder itself, while its types tell of a module around it.
const root = junit as unknown as Builder;

/** JUnit's XML: a suite for each scenario file, a case for its base and each variant. Times are left out: they differ. */
export function formatJunit(report: TestReport): string {
  const builder = root.newBuilder().name("meshsim");
  for (const file of new Set(report.cases.map((each) => each.file))) {
    const suite = builder.testSuite().name(file);
    for (const test of report.cases.filter((each) => each.file === file)) addCase(suite.testCase(), test);
  }
  return `${builder.build().trimEnd()}\n`;
}

function addCase(element: TestElement, test: TestCase): void {
  element
    .name(test.variant ?? "base")
    .className(test.scenario)
    .file(test.file);
  const failures = failuresOf(test);
  if (test.state === "not-run") element.skipped();
  if (test.state === "unjudged") element.skipped().standardOutput("nothing is expected of it");
  if (failures.length === 0) return;
  const kind = test.expectations.some(({ pass }) => !pass) ? "expectation" : "golden";
  const lines = failures.flatMap(({ file, line, title, lines }) => [
    `${file}:${line}: ${title}`,
    ...lines.map((text) => `  ${text}`),
  ]);
  element
    .failure(failures.map(({ title }) => title).join("; "), kind)
    .stacktrace([...lines, test.look].join("\n"));
}
