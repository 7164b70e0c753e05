import { expect, test, vi } from "vitest";
import { inMemory } from "../../../test/support/run-scenario.ts";
import { scenarioFiles } from "../../../test/support/small-world.ts";
import { loadScenario } from "../load-scenario.ts";
import { simulate } from "../simulate.ts";
import { RecordedFiles } from "./recorded-files.ts";
import { LoadedStudy, runJob } from "./run-job.ts";
import { jobsOf, type Study } from "./study.ts";

const p99 = { text: "web.p99", metric: { of: "web", steps: ["p99"] } };
const early = { ...p99, text: "web.p99 from 0s to 500ms", window: { from: 0, to: 5e8 } };

function makeStudy(): Study {
  const files = new RecordedFiles(inMemory(scenarioFiles()));
  const options = { varied: [{ name: "workers=1", settings: ["services.api.workers=1"] }] };
  expect(loadScenario("scenario.yaml", files, options).problems).toEqual([]);
  return {
    files: files.texts,
    loads: [{ path: "scenario.yaml", options }],
    arms: [
      { name: "base", load: 0, variant: null, metrics: [p99, early] },
      { name: "workers=1", load: 0, variant: "workers=1", metrics: [p99] },
    ],
  };
}

test("replication 0 is the scenario's own run, others have seeds of their own", () => {
  const study = makeStudy();
  const loaded = new LoadedStudy(study, (_, name) => name);
  const [base, varied, next] = jobsOf(study, 0, 2).map((job) => runJob(loaded, job));
  const scenario = loadScenario("scenario.yaml", inMemory(scenarioFiles())).loaded!;
  expect(base).toMatchObject({ arm: 0, replication: 0, seed: "7", digest: simulate(scenario).digest });
  expect(next).toMatchObject({ arm: 0, replication: 1, seed: "7/1" });
  expect(next!.digest).toBe(simulate(scenario, { seed: "7/1" }).digest);
  expect(varied!.digest).not.toBe(base!.digest);
  expect([base!.values.length, varied!.values.length]).toEqual([2, 1]);
  expect(base!.verdicts).toMatchObject([{ text: "web.success_rate > 50%", pass: true }]);
});

test("a thread reads each scenario once, from what was recorded", () => {
  const study = makeStudy();
  const beside = vi.fn((_: string, name: string) => name);
  const loaded = new LoadedStudy(study, beside);
  runJob(loaded, { arm: 0, replication: 0 });
  const calls = beside.mock.calls.length;
  runJob(loaded, { arm: 1, replication: 1 });
  expect(beside.mock.calls.length).toBe(calls);
});

test("the whole result comes only when it is wanted", () => {
  const loaded = new LoadedStudy(makeStudy(), (_, name) => name);
  expect(runJob(loaded, { arm: 0, replication: 0 }).result).toBeUndefined();
  const full = runJob(loaded, { arm: 0, replication: 0, full: true });
  expect(full.result!.digest).toBe(full.digest);
  // It can be handed to another thread.
  expect(structuredClone(full)).toEqual(full);
});
