import { formatMetric } from "../figures.ts";
import type { Failure, TestCase, TestedExpectation } from "./test-report.ts";

/** Why a case failed: its expectations, then its golden summary. */
export function failuresOf(test: TestCase): Failure[] {
  const failed = test.expectations.filter(({ pass }) => !pass).map((each) => ofExpectation(test, each));
  return test.golden.state === "differs" ? [...failed, ofGolden(test)] : failed;
}

function ofExpectation({ file }: TestCase, expectation: TestedExpectation): Failure {
  const { text, line, actual, unit, held, n, failure } = expectation;
  const often = n === 1 ? "" : `held with ${held} of ${n} seeds; with seed ${failure!.seed}: `;
  return {
    file,
    line,
    title: `${text}   ${n === 1 ? "" : `seed ${failure!.seed}: `}${formatMetric(actual, unit)}`,
    lines: [`${often}${failure!.why}`],
  };
}

function ofGolden({ golden }: TestCase): Failure {
  const [summary = "", ...lines] = golden.lines;
  return { file: golden.file, line: 1, title: `golden: ${summary}`, lines };
}
