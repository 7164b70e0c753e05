import { expect, test } from "vitest";
import { scenarioFiles } from "../../../test/support/small-world.ts";
import type { Measured } from "../replicate/measure.ts";
import { LoadedStudy, runJob } from "../replicate/run-job.ts";
import type { CostName } from "./cost.ts";

/** Replication 0 of the small world with some settings, and what it costs. */
function measure(cost: CostName, settings: readonly string[]): { measured: Measured; digest: string } {
  const files = new Map(Object.entries(scenarioFiles()));
  const study = {
    files,
    loads: [{ path: "scenario.yaml", options: { settings } }],
    arms: [{ name: "base", load: 0, variant: null, metrics: [], measure: { cost } }],
  };
  const loaded = new LoadedStudy(study, (_, name) => name);
  const { measured, digest } = runJob(loaded, { arm: 0, replication: 0 });
  return { measured: measured!, digest };
}

const zones = [
  "services.api.zone=[a, b]",
  "proxies.edge.zone=[a]",
  "edge:clusters[api].lb_policy=ROUND_ROBIN",
];

test("of two hosts in two zones, round robin sends every second attempt to the other zone", () => {
  const { measured, digest } = measure("cross_zone", zones);
  expect(measured.cost).toBeCloseTo(0.5, 2);
  // Watching does not change the run.
  expect(digest).toBe(measure("attempts", zones).digest);
});

test("where all are in one zone nothing crosses, and without zones there is no share", () => {
  expect(measure("cross_zone", ["services.api.zone=[a]", "proxies.edge.zone=[a]"]).measured.cost).toBe(0);
  expect(measure("cross_zone", []).measured.cost).toBeNull();
});

test("without retries there is one attempt a request; without a detector nothing is ejected", () => {
  expect(measure("attempts", []).measured.cost).toBe(1);
  expect(measure("ejected", []).measured.cost).toBe(0);
});

test("a host ejected from its first answers on costs a host for the rest of the run", () => {
  const detector = "{consecutive_5xx: 1, base_ejection_time: 60s, max_ejection_percent: 50, interval: 10s}";
  const settings = [`edge:clusters[api].outlier_detection=${detector}`, "services.api.errors={500: 100%}"];
  // The first 500 ejects a host within some ten milliseconds; the other may not be, at 50 %.
  const { measured } = measure("ejected", settings);
  expect(measured.cost).toBeGreaterThan(1.8);
  expect(measured.cost).toBeLessThanOrEqual(2);
});
