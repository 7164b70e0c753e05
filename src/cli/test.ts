import type { Job, Replicate } from "../experiment/replicate/study.ts";
import { type GoldenRun, makeGoldenRun } from "../report/golden/golden.ts";
import { mergeReports } from "../report/test/merge.ts";
import type { TestCase, TestReport } from "../report/test/test-report.ts";
import { ExitCode } from "./exit-code.ts";
import { writeGoldenBeside } from "./golden-files.ts";
import { readReports } from "./read-reports.ts";
import { parseJobs, Replicator } from "./replicator.ts";
import {
  checkTestOptions,
  parseReporters,
  parseSeeds,
  parseShard,
  type TestOptions,
  wrong,
} from "./test-options.ts";
import { outcomeOf } from "./test-outcome.ts";
import { loadSuite, type TestSuite } from "./test-suite.ts";
import { version } from "./version.ts";
import { writeTestReport } from "./write-test-report.ts";

/** `meshsim test PATH...`: scenarios and their variants as a test suite. */
export async function test(paths: readonly string[], options: TestOptions): Promise<ExitCode> {
  checkTestOptions(options);
  const targets = parseReporters(options);
  const report = options.merge === true ? merge(paths) : await runSuite(paths, options);
  if (report === undefined) return ExitCode.badInput;
  const code = codeOf(report);
  process.exitCode = code;
  writeTestReport(report, targets, options);
  return code;
}

function codeOf({ isInterrupted, cases }: TestReport): ExitCode {
  if (isInterrupted) return ExitCode.interrupted;
  return cases.some(({ state }) => state === "failed") ? ExitCode.failed : ExitCode.fine;
}

function merge(paths: readonly string[]): TestReport {
  const reports = readReports(paths);
  try {
    return mergeReports(reports);
  } catch (error) {
    return wrong(`--merge: ${(error as Error).message}`);
  }
}

/** Undefined when there are errors in the files; they have been shown. */
async function runSuite(paths: readonly string[], options: TestOptions): Promise<TestReport | undefined> {
  const shard = parseShard(options.shard);
  const seeds = parseSeeds(options.seeds);
  const threads = parseJobs(options.jobs);
  const suite = loadSuite(paths, shard, options);
  if (suite === undefined) return undefined;
  const runner = new Replicator(suite.study, {
    label: "test",
    ...(threads !== undefined && { threads }),
    ...(options.quiet === true && { quiet: true }),
  });
  try {
    const replicates = await runCases(suite, seeds, options, runner);
    const { isInterrupted } = runner;
    const outcomes = suite.cases.map((each, arm) =>
      outcomeOf(
        each,
        replicates.filter((replicate) => replicate.arm === arm),
        seeds,
      ),
    );
    const cases =
      options.update === true && !isInterrupted ? updateGoldens(suite, outcomes, replicates) : outcomes;
    return { version, total: suite.total, shard, seeds, isInterrupted, cases };
  } finally {
    await runner.close();
  }
}

/** All runs of a case before those of the next one, so that stopping at a failure leaves whole cases. */
async function runCases(
  { cases }: TestSuite,
  seeds: number,
  { bail, update }: TestOptions,
  runner: Replicator,
): Promise<Replicate[]> {
  const jobs = cases.flatMap(({ golden }, arm) =>
    Array.from({ length: seeds }, (_, replication): Job => {
      const isGolden = replication === 0 && (update === true || typeof golden === "object");
      return isGolden
        ? { arm, replication, full: true, fates: true }
        : { arm, replication, full: "if-failed" };
    }),
  );
  const isFailure = (replicate: Replicate): boolean => {
    // The golden is that of the first run.
    const suiteCase = cases[replicate.arm]!;
    const own = replicate.replication === 0 ? suiteCase : { ...suiteCase, golden: undefined };
    return outcomeOf(own, [replicate], 1).state === "failed";
  };
  const answers = await runner.run(jobs, bail === true ? isFailure : undefined);
  const made = answers.filter((answer) => answer !== undefined);
  if (bail !== true) return made;
  const first = made.findIndex(isFailure);
  return first === -1 ? made : made.slice(0, first + 1);
}

/** Writes what the runs came to beside each scenario. */
function updateGoldens(
  { cases }: TestSuite,
  outcomes: readonly TestCase[],
  replicates: readonly Replicate[],
): TestCase[] {
  const files = [...new Set(cases.map(({ file }) => file))];
  const written = files.filter((file) => {
    const runs = new Map<string | null, GoldenRun>();
    for (const [arm, suiteCase] of cases.entries()) {
      if (suiteCase.file !== file) continue;
      const first = replicates.find((each) => each.arm === arm && each.replication === 0)!;
      runs.set(suiteCase.variant.variant, makeGoldenRun(first.result!, first.fates!));
    }
    const base = runs.get(null);
    const variants = new Map(
      [...runs].flatMap(([name, run]) => (name === null ? [] : [[name, run] as const])),
    );
    const { name: scenario, variants: loaded } = cases.find((each) => each.file === file)!.scenario;
    const { seed } = loaded[0]!.plan.scenario;
    return writeGoldenBeside(file, { scenario, seed, base, variants });
  });
  return outcomes.map((test) => {
    const state = written.includes(test.file) ? "written" : "same";
    return {
      ...test,
      state: test.state === "unjudged" ? "passed" : test.state,
      golden: { ...test.golden, state },
    };
  });
}
