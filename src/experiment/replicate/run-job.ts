import type { Run } from "../../simulation/run-world.ts";
import { findFirstDifference } from "../compare/first-difference.ts";
import { judge } from "../judge.ts";
import { type Files, type LoadedScenario, loadScenario } from "../load-scenario.ts";
import { findMetric } from "../metric.ts";
import { startRun, variantOf } from "../simulate.ts";
import { FateRecorder } from "./fates.ts";
import { listenerFor, measureRun } from "./measure.ts";
import { OutcomeMarker } from "./outcome-marks.ts";
import { replayFiles } from "./recorded-files.ts";
import { replicationSeed } from "./replication-seed.ts";
import type { Job, Replicate, Search, Study } from "./study.ts";

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
export function runJob(loaded: LoadedStudy, job: Job): Replicate {
  if (job.search !== undefined) return search(loaded, job, job.search);
  const { arm: position, replication, full, fates, marks } = job;
  const arm = loaded.study.arms[position]!;
  const scenario = loaded.scenario(arm.load);
  const { plan, expectations } = variantOf(scenario, arm.variant);
  const seed = replicationSeed(plan.scenario.seed, replication);
  const windows = arm.metrics.flatMap(({ window }) => window ?? []);
  const names = plan.clients.map(({ name }) => name);
  const recorder = fates === true ? new FateRecorder(names, plan.scenario.duration) : undefined;
  const listener = listenerFor(arm.measure, plan);
  const marker = marks === true ? new OutcomeMarker(plan, (station) => run.addressOf(station)) : undefined;
  // Fates are wanted of suites, marks of comparisons, measures that listen of grids: never two of them.
  const journal = recorder ?? marker ?? listener;
  const run: Run = startRun(scenario, { variant: arm.variant, seed, windows, ...(journal && { journal }) });
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
    ...(marker && { marks: marker.marks }),
  };
}

function search(loaded: LoadedStudy, { arm, replication }: Job, { from, what, since }: Search): Replicate {
  const [a, b] = [from, arm].map((position) => {
    const { load, variant } = loaded.study.arms[position]!;
    const scenario = loaded.scenario(load);
    const { seed } = variantOf(scenario, variant).plan.scenario;
    return { scenario, variant, seed: replicationSeed(seed, replication) };
  });
  const difference = findFirstDifference(a!, b!, what, since);
  const nothing = { digest: "", events: 0, values: [], verdicts: [] };
  return { arm, replication, seed: b!.seed, ...nothing, ...(difference && { difference }) };
}
