import { join } from "node:path";
import { type ComparedSelection, compareReplicates } from "../experiment/compare/comparison.ts";
import { quantityOf, readAskedMetric, readMetric, unitOf } from "../experiment/compare/metrics.ts";
import { jobsOf, type Replicate, type StudiedMetric, type Study } from "../experiment/replicate/study.ts";
import { ruleFlaw } from "../experiment/sweep/recovery.ts";
import { cellOf } from "../experiment/sweep/stability-map.ts";
import { formatSweepJson } from "../report/sweep/json.ts";
import type { MapReport, SweepReport } from "../report/sweep/sweep-report.ts";
import { formatSweep } from "../report/sweep/text.ts";
import type { WorldPlan } from "../simulation/plan.ts";
import { styleFor } from "./colour.ts";
import { splitList, wrong } from "./compare-options.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { type GriddedScenario, type LoadedGrid, loadGrid } from "./loaded-grid.ts";
import { OutputDirectory } from "./output-directory.ts";
import { parseJobs, Replicator } from "./replicator.ts";
import { print } from "./standard-output.ts";
import {
  type MapRule,
  parseMapRule,
  parseReplications,
  repeatGrid,
  type SweepOptions,
} from "./sweep-options.ts";
import { version } from "./version.ts";
import { writeThenPrint } from "./write-then-print.ts";

/** `meshsim sweep FILE --vary ...`: a scenario at every point of a grid of settings. */
export async function sweep(file: string, options: SweepOptions): Promise<ExitCode> {
  const replications = parseReplications(options.replications);
  const threads = parseJobs(options.jobs);
  const mapRule = parseMapRule(options);
  const loaded = loadGrid([file], options);
  if (loaded === undefined) return ExitCode.badInput;
  const scenario = loaded.scenarios[0]!;
  if (mapRule !== undefined) checkMap(loaded, scenario, mapRule);
  const selection = selectMetrics(scenario.points[0]!.plan, options.metrics);
  const study = studyOf(loaded, selection.metrics, mapRule);
  const runner = new Replicator(study, {
    label: scenario.name,
    ...(threads !== undefined && { threads }),
    ...(options.quiet === true && { quiet: true }),
  });
  try {
    const answers = await runner.run(jobsOf(study, 0, replications));
    const replicates = answers.filter((answer) => answer !== undefined);
    if (replicates.length === 0) throw new CommandError(ExitCode.interrupted, "interrupted");
    const report: SweepReport = {
      version,
      scenario: scenario.name,
      variant: options.variant,
      seed: scenario.points[0]!.plan.scenario.seed,
      replications,
      isInterrupted: runner.isInterrupted,
      grid: loaded.grid,
      comparison: compareReplicates(study, replicates, selection),
      map: mapRule && mapOf(loaded, replicates, mapRule),
      notes: loaded.notes,
      repeat: repeatGrid("sweep", [file], options, [
        "metrics",
        "map",
        "client",
        "fault",
        "threshold",
        "window",
        "lateAfter",
      ]),
    };
    return await output(report, options);
  } finally {
    await runner.close();
  }
}

/** A map is a plane, and each of its worlds has a fault that ends. */
function checkMap({ grid }: LoadedGrid, { path, points }: GriddedScenario, { rule }: MapRule): void {
  if (grid.axes.length > 2) wrong("--map has two sides: give one or two --vary, the first goes across");
  for (const [at, { plan }] of points.entries()) {
    const flaw = ruleFlaw(plan, rule);
    if (flaw !== undefined) wrong(`--map: ${path} with ${grid.points[at]!.name}: ${flaw}`);
  }
}

const defaultSteps = ["success_rate", "p99", "attempts_per_request"];

function selectMetrics(plan: WorldPlan, asked: string | undefined): ComparedSelection {
  const texts =
    asked === undefined
      ? plan.clients.flatMap(({ name }) => defaultSteps.map((step) => `${name}.${step}`))
      : splitList(asked);
  if (asked !== undefined && texts.length === 0) {
    wrong("--metrics names no metric; write it like web.p99,web.success_rate");
  }
  const metrics = texts.map((text): StudiedMetric => {
    const read = readAskedMetric(text, plan);
    if ("text" in read) return read;
    return wrong(`--metrics ${text}: ${read.message}${read.remedy === "" ? "" : `; ${read.remedy}`}`);
  });
  const meanings = metrics.map((metric) => {
    const unit = unitOf(metric, plan);
    return { unit, quantity: quantityOf(metric, unit) };
  });
  return { metrics, meanings, dropsZeroes: false };
}

function studyOf(
  { files, grid, scenarios }: LoadedGrid,
  metrics: readonly StudiedMetric[],
  mapRule: MapRule | undefined,
): Study {
  return {
    files: files.texts,
    loads: [scenarios[0]!.source],
    arms: grid.points.map(({ name }, at) => ({
      name,
      load: 0,
      variant: name,
      // Replicas are a setting, so hosts that a metric names may be missing at some points.
      metrics: metrics.filter(({ text }) => "text" in readMetric(text, scenarios[0]!.points[at]!.plan)),
      ...(mapRule !== undefined && { measure: { recovery: mapRule.rule } }),
    })),
  };
}

function mapOf(
  { grid }: LoadedGrid,
  replicates: readonly Replicate[],
  { rule, lateAfter }: MapRule,
): MapReport {
  const cells = grid.points.map((_, at) =>
    cellOf(
      replicates.filter(({ arm }) => arm === at),
      lateAfter,
    ),
  );
  return { rule, lateAfter, cells };
}

async function output(report: SweepReport, { json, out, quiet, color }: SweepOptions): Promise<ExitCode> {
  const code = report.isInterrupted ? ExitCode.interrupted : ExitCode.fine;
  const directory =
    json === true && out === undefined
      ? null
      : new OutputDirectory(out ?? join("reports", "runs", report.scenario, "sweep"));
  const write = async (to: OutputDirectory) => {
    // The chart libraries take a quarter of a second to load: not without a reason.
    const { writeSweep } = await import("./write-sweep.ts");
    await writeSweep(report, to);
  };
  await writeThenPrint(directory, code, write, (written) => {
    if (json === true) print(formatSweepJson(report));
    else if (quiet !== true) print(formatSweep(report, written, styleFor("stdout", color)));
  });
  return code;
}
