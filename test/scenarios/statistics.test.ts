import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadScenario } from "../../src/experiment/load-scenario.ts";
import { simulate, variantOf } from "../../src/experiment/simulate.ts";
import { knownStatistics } from "../../src/simulation/known-statistics.ts";
import { shippedScenarios } from "../support/shipped-scenarios.ts";

const folder = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const files = {
  read: (path: string) => readFileSync(path, "utf8"),
  beside: (path: string, name: string) => join(dirname(path), name),
};
// Long enough for what happens at times to have happened, such as retries.
const settings = ["warmup=0s", "duration=3s", "drain=1s", "expect=[]"];

// An expectation on such a statistic would be refused although a run can have it.
test.each(shippedScenarios)("every statistic that a run of %s counts is known before the run", (name) => {
  const loaded = loadScenario(`${folder}${name}.yaml`, files, { settings, only: [null] }).loaded!;
  const known = knownStatistics(variantOf(loaded, null).plan);
  for (const { name: proxy, stats } of simulate(loaded, { variant: null }).proxies) {
    const { names, isMadeLater } = known.get(proxy)!;
    expect(stats.map(([stat]) => stat).filter((stat) => !names.has(stat) && !isMadeLater(stat))).toEqual([]);
  }
});
