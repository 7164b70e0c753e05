import { describe, expect, test } from "vitest";
import type { Verdict } from "../../src/experiment/judge.ts";
import { judgeVariant, loadShipped, shippedScenarios } from "../support/shipped-scenarios.ts";

/** `scripts/scenario-seeds.mjs` goes through twenty. */
const SEEDS = [1, 2];

test("the scenarios of the documentation are there", () => {
  expect(shippedScenarios).toEqual(
    expect.arrayContaining([
      "adaptive-concurrency",
      "canary-retries",
      "false-ejections",
      "fast-failing-host",
      "gc-pause-metastable",
      "keepalive-race",
      "libraries-vs-mesh",
      "outlier-defaults",
      "overflow-1024",
      "panic-threshold",
      "previous-hosts",
      "rate-limit-replicas",
      "retry-policies",
      "retry-storm",
      "rolling-restart",
      "rr-vs-least-request",
      "slow-hosts",
      "timeouts",
    ]),
  );
});

describe.each(shippedScenarios)("%s", (name) => {
  test("is read without an error or a warning", () => {
    const problems = loadShipped(name, 1).problems.filter(({ severity }) => severity !== "note");
    expect(problems.map(({ location, message }) => `${location.file}:${location.line}: ${message}`)).toEqual(
      [],
    );
  });

  test.each(SEEDS)("comes out as expected in the base and in every variant, seed %i", (seed) => {
    const loaded = loadShipped(name, seed).loaded!;
    const failing: string[] = [];
    for (const { variant, expectations } of loaded.variants) {
      expect(expectations.length, `expectations of ${variant ?? "the base"}`).toBeGreaterThan(0);
      const { own, asBase } = judgeVariant(loaded, variant);
      expect(failed(own), variant ?? "base").toEqual([]);
      if (failed(asBase).length > 0) failing.push(variant ?? "base");
    }
    expect(failing, "variants that do not come out as the base does").not.toEqual([]);
  });
});

function failed(verdicts: readonly Verdict[]): string[] {
  return verdicts.filter(({ pass }) => !pass).map(({ text, actual }) => `${text}: ${actual}`);
}
