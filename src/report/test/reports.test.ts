import { expect, test } from "vitest";
import { plainStyle } from "../style.ts";
import { formatAnnotations, formatStepSummary } from "./github.ts";
import { formatTestJson, readTestJson } from "./json.ts";
import { formatJunit } from "./junit.ts";
import { mergeReports } from "./merge.ts";
import type { TestCase, TestReport } from "./test-report.ts";
import { formatTestText } from "./text.ts";

function testCase(index: number, changes: Partial<TestCase> = {}): TestCase {
  return {
    index,
    file: "a,b.yaml",
    scenario: "a",
    variant: index === 0 ? null : `v${index}`,
    state: "passed",
    seed: "7",
    digest: "sha256:00",
    expectations: [],
    golden: { state: "absent", file: "a,b.golden.json", lines: [], figures: [] },
    look: "meshsim run a,b.yaml",
    ...changes,
  };
}

const failed = testCase(1, {
  state: "failed",
  expectations: [
    {
      text: "web.p99 < 50ms",
      line: 12,
      pass: false,
      actual: 60.5,
      unit: "ms",
      held: 0,
      n: 1,
      failure: { seed: "7", why: "off by 10.5 ms; worst at 1 to 2 s <&>" },
    },
  ],
  golden: {
    state: "differs",
    file: "a,b.golden.json",
    lines: ["web.p99 40.0 ms → 60.5 ms", "first differing request web#1, wanted at 1.000 s: 200 → 503"],
    figures: [
      { name: "web.p99", was: 40, is: 60.5 },
      { name: "web.flags.UO", was: undefined, is: 2 },
    ],
  },
});

function reportOf(cases: readonly TestCase[], changes: Partial<TestReport> = {}): TestReport {
  return { version: "1.2.3", total: 3, shard: undefined, seeds: 1, isInterrupted: false, cases, ...changes };
}

const whole = reportOf([testCase(0), failed, testCase(2, { state: "not-run" })]);

test("annotations name file and line, with what would end them escaped", () => {
  const [expectation, golden, count] = formatAnnotations(whole, (file) => `sub/${file}`).split("\n");
  expect(expectation).toBe(
    "::error file=sub/a%2Cb.yaml,line=12,title=a%2C variant v1::web.p99 < 50ms   60.5 ms%0A" +
      "off by 10.5 ms; worst at 1 to 2 s <&>%0Ameshsim run a,b.yaml",
  );
  expect(golden).toMatch(
    /^::error file=sub\/a%2Cb\.golden\.json,line=1,.*golden: web\.p99 40\.0 ms → 60\.5 ms%0Afirst/,
  );
  expect(count).toMatch(/^::notice title=meshsim::1 failed, 1 passed, 1 not run/);
});

test("the step's summary has a row for each run and every failure", () => {
  const summary = formatStepSummary(whole);
  expect(summary).toContain("| a, variant v1 | ❌ 0 of 1 | ❌ differs |");
  expect(summary).toContain("| a, variant v2 | not run | absent |");
  expect(summary).toContain("    ✘ web.p99 < 50ms   60.5 ms");
});

test("JUnit has a case for each run, failed and skipped ones marked", () => {
  const xml = formatJunit(whole);
  expect(xml).toMatch(/<testsuites name="meshsim" tests="3" failures="1" errors="0" skipped="1">/);
  expect(xml).toMatch(
    /<testcase name="v1" classname="a" file="a,b.yaml">\s*<failure message="web\.p99 &lt; 50ms/,
  );
  expect(xml).toContain("off by 10.5 ms");
});

test("what nothing is expected of has not passed, which every reporter says", () => {
  const unjudged = testCase(0, { state: "unjudged" });
  const report = reportOf([unjudged, testCase(1), { ...unjudged, index: 2, variant: "heavy" }]);
  const remark = /nothing is judged of the base, variant heavy: no `expect`/;
  expect(formatTestText(report, plainStyle)).toMatch(remark);
  expect(formatTestText(report, plainStyle)).toContain("a,b.yaml  ?✔?  0 expectations");
  expect(formatTestText(report, plainStyle)).toContain("1 passed, 2 not judged");
  const annotations = formatAnnotations(report, (file) => file);
  expect(annotations).toMatch(/^::warning file=a%2Cb.yaml,line=1,title=meshsim::nothing is judged/);
  expect(formatStepSummary(report)).toContain("| a | ⚠️ none | absent |");
  expect(formatJunit(report)).toMatch(/tests="3" failures="0" errors="0" skipped="2"/);
  expect(readTestJson(formatTestJson(report))).toEqual(report);
  expect(JSON.parse(formatTestJson(report))).toMatchObject({ passed: 1, failed: 0, unjudged: 2 });
});

test("a suite in which all is judged has no such remark", () => {
  expect(formatTestText(whole, plainStyle)).not.toMatch(/judged/);
  const alone = reportOf([testCase(0, { state: "unjudged" })]);
  expect(formatTestText(alone, plainStyle)).toContain("! a,b.yaml: nothing is judged of it:");
});

test("JSON is read as it was written", () => {
  expect(readTestJson(formatTestJson(whole))).toEqual(whole);
  expect(() => readTestJson("{}")).toThrow(/schema/);
});

test("shards in any order make the whole; what does not fit is refused", () => {
  const [first, second, third] = whole.cases;
  const one = reportOf([first!, third!], { shard: { index: 1, count: 2 } });
  const two = reportOf([second!], { shard: { index: 2, count: 2 } });
  expect(mergeReports([two, one])).toEqual(whole);
  expect(() => mergeReports([one])).toThrow(/2 of the suite's 3/);
  expect(() => mergeReports([one, two, two])).toThrow(/twice/);
  expect(() => mergeReports([one, { ...two, version: "9" }])).toThrow(/version/);
});
