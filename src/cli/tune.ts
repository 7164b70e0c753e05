import { join } from "node:path";
import { readAskedMetric, unitOf } from "../experiment/compare/metrics.ts";
import type { StudiedMetric, Study } from "../experiment/replicate/study.ts";
import { compareCandidates } from "../experiment/tune/candidate.ts";
import { type CostName, costNames } from "../experiment/tune/cost.ts";
import {
  MOST_GRID_POINTS,
  type SearchName,
  searchByDescent,
  searchGrid,
  searchNames,
} from "../experiment/tune/search.ts";
import { Trials } from "../experiment/tune/trials.ts";
import { formatTuneJson } from "../report/tune/files.ts";
import { formatTune } from "../report/tune/text.ts";
import type { CostReport, TuneReport } from "../report/tune/tune-report.ts";
import { styleFor } from "./colour.ts";
import { wrong } from "./compare-options.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { type LoadedGrid, loadGrid } from "./loaded-grid.ts";
import { OutputDirectory } from "./output-directory.ts";
import { parseJobs, Replicator } from "./replicator.ts";
import { print } from "./standard-output.ts";
import { type GridOptions, parseReplications, repeatGrid } from "./sweep-options.ts";
import { version } from "./version.ts";
import { writeThenPrint } from "./write-then-print.ts";

export interface TuneOptions extends GridOptions {
  readonly cost?: string;
  readonly search?: string;
}

/** What is to be kept low: a cost by name, or a metric that every scenario has. */
interface ChosenCost {
  readonly report: CostReport;
  readonly name: CostName | undefined;
  /** By scenario; empty for a cost by name. */
  readonly metrics: readonly StudiedMetric[];
}

/** `meshsim tune FILE... --vary ...`: the cheapest settings that satisfy all expectations. */
export async function tune(files: readonly string[], options: TuneOptions): Promise<ExitCode> {
  const replications = parseReplications(options.replications);
  const threads = parseJobs(options.jobs);
  const twice = files.find((file, index) => files.indexOf(file) < index);
  if (twice !== undefined) wrong(`${twice} is given twice`);
  const loaded = loadGrid(files, options);
  if (loaded === undefined) return ExitCode.badInput;
  const search = chosenSearch(loaded, options.search);
  const cost = chosenCost(loaded, options.cost ?? "attempts");
  const expected = loaded.scenarios.map(({ points }) => points[0]!.expectations);
  if (expected.every((own) => own.length === 0)) {
    wrong("no scenario says what to satisfy: add expect to it, or --set 'expect=[web.success_rate >= 99%]'");
  }
  const study = studyOf(loaded, cost);
  const trials = new Trials(loaded.grid.points.length, expected);
  const runner = new Replicator(study, {
    label: loaded.scenarios.map(({ name }) => name).join(", "),
    ...(threads !== undefined && { threads }),
    ...(options.quiet === true && { quiet: true }),
  });
  try {
    const judge = trials.judge.bind(trials);
    const asks = (search === "grid" ? searchGrid : searchByDescent)(loaded.grid, judge, replications);
    for (const { points, replications: wanted } of asks) {
      trials.add(await runner.run(trials.missing(points, wanted)));
      if (runner.isInterrupted) break;
    }
    const candidates = trials.tried(replications).sort(compareCandidates);
    if (candidates.length === 0) throw new CommandError(ExitCode.interrupted, "interrupted");
    const report = reportOf(loaded, options, {
      cost: cost.report,
      search,
      replications,
      runs: trials.runs,
      isInterrupted: runner.isInterrupted,
      candidates,
      best: candidates.find(({ misses, n }) => misses.length === 0 && n === replications),
    });
    return await output(report, options);
  } finally {
    await runner.close();
  }
}

function chosenSearch({ grid }: LoadedGrid, asked: string | undefined): SearchName {
  if (asked === undefined) return grid.points.length > MOST_GRID_POINTS ? "descent" : "grid";
  return (
    searchNames.find((name) => name === asked) ??
    wrong(`--search: there is no search "${asked}"; there is ${searchNames.join(" and ")}`)
  );
}

const costTexts: Readonly<Record<CostName, Omit<CostReport, "name">>> = {
  attempts: { text: "attempts per request", unit: "number" },
  ejected: { text: "host-seconds ejected", unit: "number" },
  cross_zone: { text: "share of attempts that cross zones", unit: "share" },
};

function chosenCost({ scenarios }: LoadedGrid, asked: string): ChosenCost {
  const name = costNames.find((each) => each === asked);
  if (name !== undefined) {
    if (name === "cross_zone") checkZones(scenarios);
    return { report: { name, ...costTexts[name] }, name, metrics: [] };
  }
  const plans = scenarios.map(({ points }) => points[0]!.plan);
  const metrics = plans.map((plan, index) => {
    const read = readAskedMetric(asked, plan);
    if ("text" in read) return read;
    const remedy = `give one of ${costNames.join(", ")}, or a metric that all scenarios have, such as web.p99`;
    return wrong(`--cost ${asked}: ${scenarios[index]!.path}: ${read.message}; ${remedy}`);
  });
  const report = { name: asked, text: asked, unit: unitOf(metrics[0]!, plans[0]!) };
  return { report, name: undefined, metrics };
}

/** A cost that nothing has would be 0 everywhere. */
function checkZones(scenarios: LoadedGrid["scenarios"]): void {
  const hasZones = scenarios.some(({ points }) =>
    points.some(({ plan }) => {
      const hosts = plan.services.flatMap(({ hosts: own }) => own);
      const proxies = plan.proxies.flatMap(({ replicas }) => replicas);
      return [hosts, proxies].every((stations) => stations.some(({ zone }) => zone !== ""));
    }),
  );
  if (!hasZones)
    wrong("--cost cross_zone: no scenario has both proxies and hosts with zones; add zones to them");
}

function studyOf({ files, grid, scenarios }: LoadedGrid, { name, metrics }: ChosenCost): Study {
  return {
    files: files.texts,
    loads: scenarios.map(({ source }) => source),
    arms: scenarios.flatMap((_, load) =>
      grid.points.map((point) => ({
        name: point.name,
        load,
        variant: point.name,
        metrics: name === undefined ? [metrics[load]!] : [],
        ...(name !== undefined && { measure: { cost: name } }),
      })),
    ),
  };
}

type Found = Pick<
  TuneReport,
  "cost" | "search" | "replications" | "runs" | "isInterrupted" | "candidates" | "best"
>;

function reportOf({ grid, scenarios, notes }: LoadedGrid, options: TuneOptions, found: Found): TuneReport {
  const plans = scenarios.map(({ points }) => points[0]!.plan);
  return {
    version,
    scenarios: scenarios.map(({ name }) => name),
    variant: options.variant,
    seeds: plans.map(({ scenario }) => scenario.seed),
    grid,
    ...found,
    expected: scenarios.map(({ points }) => points[0]!.expectations),
    unitOf: ({ scenario, expectation: { text, metric } }) => unitOf({ text, metric }, plans[scenario]!),
    notes,
    repeat: repeatGrid(
      "tune",
      scenarios.map(({ path }) => path),
      options,
      ["cost", "search"],
    ),
  };
}

async function output(report: TuneReport, { json, out, quiet, color }: TuneOptions): Promise<ExitCode> {
  const verdict = report.best === undefined ? ExitCode.failed : ExitCode.fine;
  const code = report.isInterrupted ? ExitCode.interrupted : verdict;
  const directory =
    json === true && out === undefined
      ? null
      : new OutputDirectory(out ?? join("reports", "runs", report.scenarios.join("+"), "tune"));
  const write = async (to: OutputDirectory) => {
    // The chart libraries take a quarter of a second to load: not without a reason.
    const { writeTune } = await import("./write-tune.ts");
    await writeTune(report, to);
  };
  await writeThenPrint(directory, code, write, (written) => {
    if (json === true) print(formatTuneJson(report));
    else if (quiet !== true) print(formatTune(report, written, styleFor("stdout", color)));
  });
  return code;
}
