import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { worlds } from "./draw-world.ts";
import { type Findings, type PropertyName, properties } from "./findings.ts";
import { observeWorld } from "./observe-world.ts";
import type { WorldParameters } from "./world-parameters.ts";

/**
 * Conservation, in random worlds. Environment variables:
 * - MESHSIM_SEED: another seed, so other worlds; MESHSIM_PATH with it: one world, or where to go on;
 * - MESHSIM_WORLDS: how many worlds (170 by default);
 * - MESHSIM_FIRST=yes: the first world with any finding ends everything, without a search for a simpler one.
 */
const seed = Number(process.env.MESHSIM_SEED ?? 20261);
const path = process.env.MESHSIM_PATH;
const numRuns = Number(process.env.MESHSIM_WORLDS ?? 170);
const isFirstEnough = process.env.MESHSIM_FIRST === "yes";

/** Each world runs once, whatever the number of properties that ask about it. */
const observed = new Map<string, Findings>();

function observe(world: WorldParameters): Findings {
  const key = JSON.stringify(world);
  let findings = observed.get(key);
  if (findings === undefined) observed.set(key, (findings = observeWorld(world)));
  return findings;
}

function findingsAgainst(name: PropertyName, world: WorldParameters): readonly string[] {
  return isFirstEnough ? observe(world).all : observe(world).of(name);
}

describe(`in ${numRuns} random worlds (seed ${seed})`, () => {
  for (const [name, title] of Object.entries(properties) as [PropertyName, string][]) {
    it(title, { timeout: 600_000 }, () => {
      const property = fc.property(worlds, (world) => findingsAgainst(name, world).length === 0);
      const options = { seed, numRuns, endOnFailure: isFirstEnough, ...(path !== undefined && { path }) };
      const run = fc.check(property, options);
      if (!run.failed) return;
      const again = `MESHSIM_SEED=${seed} MESHSIM_PATH=${run.counterexamplePath} npx vitest run test/properties -t "${title}"`;
      const found = findingsAgainst(name, run.counterexample![0]);
      expect.fail(`${found.join("\n")}\nto repeat: ${again}`);
    });
  }
});
