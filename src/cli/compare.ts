import { join } from "node:path";
import {
  type ComparedSelection,
  type Comparison,
  compareReplicates,
} from "../experiment/compare/comparison.ts";
import {
  defaultMetrics,
  isDecisive,
  type MetricFlaw,
  quantityOf,
  readAskedMetric,
  readMetric,
  unitOf,
} from "../experiment/compare/metrics.ts";
import { jobsOf, type Replicate, type StudiedMetric, type Study } from "../experiment/replicate/study.ts";
import type { ComparisonReport, NamedOverTime, NamedResult } from "../report/compare/comparison-report.ts";
import { formatComparisonJson } from "../report/compare/json.ts";
import { formatComparison } from "../report/compare/summary.ts";
import { nextReplications } from "../statistics/precision.ts";
import { styleFor } from "./colour.ts";
import {
  type CompareOptions,
  parseReplicationPlan,
  repeatCompare,
  splitList,
  wrong,
} from "./compare-options.ts";
import { type ComparedArms, loadArms } from "./compared-arms.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { findFirstDifferences } from "./first-differences.ts";
import { OutputDirectory } from "./output-directory.ts";
import { parseJobs, Replicator } from "./replicator.ts";
import { print } from "./standard-output.ts";
import { version } from "./version.ts";
import { writeThenPrint } from "./write-then-print.ts";

/** As many as a line over time has steps that can be told apart. */
const PARTS_OVER_TIME = 60;

/** `meshsim compare FILE [FILE2]`: the same traffic under each variant, many times, and what differs. */
export async function compare(
  file: string,
  file2: string | undefined,
  options: CompareOptions,
): Promise<ExitCode> {
  const plan = parseReplicationPlan(options);
  const threads = parseJobs(options.jobs);
  const compared = loadArms(file, file2, options);
  if (compared === undefined) return ExitCode.badInput;
  const selection = selectMetrics(compared, options.metrics);
  const study = studyOf(compared, selection);
  const runner = new Replicator(study, {
    label: compared.name,
    ...(threads !== undefined && { threads }),
    ...(options.quiet === true && { quiet: true }),
  });
  try {
    const { replicates, wanted, isImprecise } = await replicate(study, plan, selection, options, runner);
    if (replicates.length === 0) throw new CommandError(ExitCode.interrupted, "interrupted");
    const comparison = compareReplicates(study, replicates, selection);
    const firstDifferences = await findFirstDifferences(comparison, replicates, runner);
    const report: ComparisonReport = {
      version,
      scenario: compared.name,
      seed: compared.arms[0]!.variant.plan.scenario.seed,
      replications: wanted,
      ...(isImprecise && { missedPrecision: options.precision! }),
      isInterrupted: runner.isInterrupted,
      comparison,
      firstDifferences,
      results: resultsOf(study, replicates),
      overTime: overTimeOf(study, replicates),
      notes: compared.notes,
      repeat: repeatCompare([file, ...(file2 === undefined ? [] : [file2])], options),
    };
    return await output(report, verdictOf(compared, comparison), options);
  } finally {
    await runner.close();
  }
}

/** The metrics that were asked for, or the usual ones of all worlds. */
function selectMetrics({ arms }: ComparedArms, asked: string | undefined): ComparedSelection {
  const plans = [...new Set(arms.map(({ variant }) => variant.plan))];
  const metrics: StudiedMetric[] = [];
  const meanings: ComparedSelection["meanings"][number][] = [];
  const add = (metric: StudiedMetric, plan: (typeof plans)[number]): void => {
    if (metrics.some(({ text }) => text === metric.text)) return;
    const unit = unitOf(metric, plan);
    metrics.push(metric);
    meanings.push({ unit, quantity: quantityOf(metric, unit) });
  };
  if (asked === undefined) {
    for (const plan of plans) for (const metric of defaultMetrics(plan)) add(metric, plan);
    return { metrics, meanings, dropsZeroes: true };
  }
  const texts = splitList(asked);
  if (texts.length === 0) wrong("--metrics names no metric; write it like web.p99,web.success_rate");
  for (const text of texts) {
    const read = plans.map((plan) => ({ plan, metric: readAskedMetric(text, plan) }));
    const known = read.find(({ metric }) => "text" in metric);
    if (known === undefined) {
      const { message, remedy } = read[0]!.metric as MetricFlaw;
      wrong(`--metrics ${text}: ${message}${remedy === "" ? "" : `; ${remedy}`}`);
    }
    add(known.metric as StudiedMetric, known.plan);
  }
  return { metrics, meanings, dropsZeroes: false };
}

function studyOf({ files, loads, arms }: ComparedArms, { metrics }: ComparedSelection): Study {
  return {
    files: files.texts,
    loads,
    arms: arms.map(({ name, load, variant }) => ({
      name,
      load,
      variant: variant.variant,
      // Another world may lack some of them.
      metrics: metrics.filter(({ text }) => "text" in readMetric(text, variant.plan)),
      measure: { overTime: PARTS_OVER_TIME },
    })),
  };
}

interface Replications {
  readonly replicates: readonly Replicate[];
  /** How many of each arm there should be. */
  readonly wanted: number;
  /** Whether more of them than are allowed would be needed. */
  readonly isImprecise: boolean;
}

/** Makes the first replications, then as many more as the precision needs. */
async function replicate(
  study: Study,
  { first, precision, most }: ReturnType<typeof parseReplicationPlan>,
  selection: ComparedSelection,
  { metrics }: CompareOptions,
  runner: Replicator,
): Promise<Replications> {
  const replicates: Replicate[] = [];
  for (let present = 0, wanted = first; ; ) {
    const jobs = jobsOf(study, present, wanted, ({ replication }) => replication === 0).map((job) =>
      job.full === true ? { ...job, marks: true } : job,
    );
    const answers = await runner.run(jobs);
    replicates.push(...answers.filter((answer) => answer !== undefined));
    present = wanted;
    if (precision === undefined || runner.isInterrupted) return { replicates, wanted, isImprecise: false };
    const sets = decisiveSets(study, replicates, selection, metrics !== undefined);
    wanted = nextReplications(sets, present, precision, most);
    if (wanted === present) {
      const needed = nextReplications(sets, present, precision, Number.POSITIVE_INFINITY);
      return { replicates, wanted, isImprecise: needed > present };
    }
  }
}

/** The values whose means must become precise. Those with two outcomes never would. */
function decisiveSets(
  study: Study,
  replicates: readonly Replicate[],
  { metrics, meanings }: ComparedSelection,
  areAllDecisive: boolean,
): number[][] {
  const texts = new Set(
    metrics.filter((metric) => areAllDecisive || isDecisive(metric)).map(({ text }) => text),
  );
  const { metrics: compared } = compareReplicates(study, replicates, {
    metrics,
    meanings,
    dropsZeroes: false,
  });
  return compared
    .filter(({ text }) => texts.has(text))
    .flatMap(({ text, arms }) =>
      arms.flatMap(({ groups }, arm) => {
        if (groups !== undefined) return [];
        const at = study.arms[arm]!.metrics.findIndex((metric) => metric.text === text);
        const own = replicates.filter((each) => each.arm === arm);
        return [own.flatMap(({ values }) => values[at] ?? [])];
      }),
    );
}

function resultsOf({ arms }: Study, replicates: readonly Replicate[]): NamedResult[] {
  return arms.flatMap(({ name }, arm) => {
    const first = replicates.find((each) => each.arm === arm && each.replication === 0);
    return first?.result === undefined ? [] : [{ arm: name, result: first.result }];
  });
}

function overTimeOf({ arms }: Study, replicates: readonly Replicate[]): NamedOverTime[] {
  return arms.map(({ name }, arm) => ({
    arm: name,
    replications: replicates.flatMap((each) => (each.arm === arm ? (each.measured?.overTime ?? []) : [])),
  }));
}

/** An expectation fails if it does in any replication; those of the base decide nothing for a variant made here. */
function verdictOf({ arms }: ComparedArms, comparison: Comparison): ExitCode {
  const hasFailed = comparison.arms.some(
    ({ expectations }, index) =>
      arms[index]!.hasOwnExpectations && expectations.some(({ held, n }) => held < n),
  );
  return hasFailed ? ExitCode.failed : ExitCode.fine;
}

async function output(
  report: ComparisonReport,
  verdict: ExitCode,
  options: CompareOptions,
): Promise<ExitCode> {
  const { json, out, quiet, color } = options;
  const code = report.isInterrupted ? ExitCode.interrupted : verdict;
  const directory =
    json === true && out === undefined
      ? null
      : new OutputDirectory(out ?? join("reports", "runs", report.scenario, "compare"));
  const write = async (to: OutputDirectory) => {
    // The chart libraries take a quarter of a second to load: not without a reason.
    const { writeComparison } = await import("./write-comparison.ts");
    await writeComparison(report, to);
  };
  await writeThenPrint(directory, code, write, (written) => {
    if (json === true) print(formatComparisonJson(report));
    else if (quiet !== true) print(formatComparison(report, written, styleFor("stdout", color)));
  });
  return code;
}
