import { judge } from "../judge.ts";
import { type Files, type LoadedScenario, loadScenario } from "../load-scenario.ts";
import { findMetric } from "../metric.ts";
import { startRun, variantOf } from "../simulate.ts";
import { FateRecorder } from "./fates.ts";
import { listenerFor, measureRun } from "./measure.ts";
import { replayFiles } from "./recorded-files.ts";
import { replicationSeed } from "./replication-seed.ts";
import type { Job, Replicate, Study } from "./study.ts";

/** The scenarios of a study, each loaded when first needed and then kept: one of these a thread. */
export class LoadedStudy {
  readonly study: Study;
  private readonly files: Files;
  private readonly loaded = new Map<number, LoadedScenario>();

  constructor(study: Study, beside: Files["beside"]) {
    this.study = study;
    this.files = replayFiles(study.files, beside);
  }

  /** Throws an error if the scenario does not load, which whoever made the study has made sure of. */
  scenario(load: number): LoadedScenario {
    const known = this.loaded.get(load);
    if (known !== undefined) return known;
    const { path, options } = this.study.loads[load]!;
    const only = this.study.arms.filter((arm) => arm.load === load).map(({ variant }) => variant);
    const { loaded, problems } = loadScenario(path, this.files, { ...options, only });
    if (loaded === undefined)
      throw new Error(`${path}: ${problems.map(({ message }) => message).join("; ")}`);
    this.loaded.set(load, loaded);
    return loaded;
  }
}

/** Runs one replication of one arm. The answer depends on study and job only. */
export function runJob(loaded: LoadedStudy, { arm: position, replication, full, fates }: Job): Replicate {
  const arm = loaded.study.arms[position]!;
  const scenario = loaded.scenario(arm.load);
  const { plan, expectations } = variantOf(scenario, arm.variant);
  const seed = replicationSeed(plan.scenario.seed, replication);
  const windows = arm.metrics.flatMap(({ window }) => window ?? []);
  const names = plan.clients.map(({ name }) => name);
  const recorder = fates === true ? new FateRecorder(names, plan.scenario.duration) : undefined;
  const listener = listenerFor(arm.measure, plan);
  // Fates are wanted of suites, measures of grids: never both.
  const journal = recorder ?? listener;
  const run = startRun(scenario, { variant: arm.variant, seed, windows, ...(journal && { journal }) });
  listener?.watch((station) => run.addressOf(station));
  run.advance();
  const result = run.result();
  const verdicts = judge(result, expectations);
  const isFull = full === "if-failed" ? verdicts.some(({ pass }) => !pass) : full === true;
  return {
    arm: position,
    replication,
    seed,
    digest: result.digest,
    events: result.events,
    values: arm.metrics.map(({ metric, window }) => findMetric(result, metric, window).value),
    verdicts: verdicts.map(({ text, pass, actual, unit }) => ({ text, pass, actual, unit })),
    ...(arm.measure !== undefined && { measured: measureRun(result, arm.measure, listener) }),
    ...(isFull && { result }),
    ...(recorder && { fates: recorder.fates }),
  };
}
