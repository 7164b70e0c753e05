import type {} from "vitest";
import { LoadedStudy, runJob } from "../experiment/replicate/run-job.ts";
import { formatDiagnostics } from "../report/diagnostics.ts";
import { plainStyle } from "../report/style.ts";
import { failuresOf } from "../report/test/failures.ts";
import { caseName, type TestCase } from "../report/test/test-report.ts";
import { nodeFiles } from "./node-files.ts";
import { outcomeOf } from "./test-outcome.ts";
import { loadSuite, type SuiteCase } from "./test-suite.ts";

/** Which runs of a scenario a matcher is about. */
export interface ScenarioMatchOptions {
  /** One variant; null: the base alone. Absent: the base and every variant. */
  readonly variant?: string | null;
  /** Replaces the scenario's seed. */
  readonly seed?: string;
}

/** What Vitest wants of a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

declare module "vitest" {
  interface Matchers<T> {
    /** The value is the path of a scenario: every run comes out as its `expect` says. */
    toMeetExpectations(options?: ScenarioMatchOptions): T;
    /** The value is the path of a scenario: every run is as in `NAME.golden.json` beside it. */
    toMatchGolden(options?: Omit<ScenarioMatchOptions, "seed">): T;
  }
}

/**
 * `expect("scenarios/slow-hosts.yaml").toMeetExpectations()` simulates and judges. Throws where the scenario has errors,
 * has no such variant, or expects nothing.
 */
export function toMeetExpectations(path: string, options: ScenarioMatchOptions = {}): MatcherResult {
  const tests = runScenario(path, options, (suiteCase) => ({ ...suiteCase, golden: "unchecked" }));
  if (tests.every(({ expectations }) => expectations.length === 0))
    throw new Error(`${path} expects nothing`);
  return resultOf(tests, `${path} meets all of its expectations`);
}

/**
 * `expect("scenarios/slow-hosts.yaml").toMatchGolden()` simulates and compares with the golden summary. Throws where the
 * scenario has errors, no such variant or no golden summary; `meshsim test FILE --update` writes one.
 */
export function toMatchGolden(path: string, options: Omit<ScenarioMatchOptions, "seed"> = {}): MatcherResult {
  const tests = runScenario(path, options, (suiteCase) => ({
    ...suiteCase,
    variant: { ...suiteCase.variant, expectations: [] },
  }));
  const absent = tests.find(({ golden }) => golden.state === "absent");
  if (absent !== undefined) {
    throw new Error(`there is no ${absent.golden.file}; write it with meshsim test ${path} --update`);
  }
  return resultOf(tests, `${path} is as in its golden summary`);
}

function runScenario(
  path: string,
  { variant, seed }: ScenarioMatchOptions,
  adapt: (suiteCase: SuiteCase) => SuiteCase,
): TestCase[] {
  const suite = loadSuite([path], undefined, seed === undefined ? {} : { seed }, (problems, sources) => {
    throw new Error(formatDiagnostics(problems, sources, plainStyle));
  })!;
  const study = new LoadedStudy(suite.study, nodeFiles.beside);
  const isWanted = (each: SuiteCase) => variant === undefined || each.variant.variant === variant;
  if (!suite.cases.some(isWanted)) throw new Error(`${path} has no variant "${variant}"`);
  return suite.cases.flatMap((suiteCase, arm) => {
    if (!isWanted(suiteCase)) return [];
    return outcomeOf(adapt(suiteCase), [runJob(study, { arm, replication: 0, full: true, fates: true })], 1);
  });
}

function resultOf(tests: readonly TestCase[], otherwise: string): MatcherResult {
  const failed = tests.filter(({ state }) => state === "failed");
  return {
    pass: failed.length === 0,
    message: () => (failed.length === 0 ? otherwise : failed.flatMap(linesOf).join("\n")),
  };
}

function linesOf(test: TestCase): string[] {
  const lines = failuresOf(test).flatMap(({ title, lines }) => [
    `  ✘ ${title}`,
    ...lines.map((text) => `      ${text}`),
  ]);
  return [caseName(test), ...lines, `  look  ${test.look}`];
}
