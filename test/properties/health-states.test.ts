import fc from "fast-check";
import { expect, it } from "vitest";
import { MILLISECOND } from "../../src/kernel/time.ts";
import { World } from "../../src/simulation/world.ts";
import { loadTestScenario } from "../support/run-scenario.ts";
import { auditHealthStates } from "./audit-health-states.ts";
import { type HealthWorld, healthWorlds, writeHealthWorld } from "./health-worlds.ts";

/**
 * Who is out and what is counted of it, in random worlds with every detector and health checks. MESHSIM_SEED: another
 * seed; MESHSIM_PATH with it: one world; MESHSIM_WORLDS: how many (150 by default).
 */
const seed = Number(process.env.MESHSIM_SEED ?? 20267);
const path = process.env.MESHSIM_PATH;
const numRuns = Number(process.env.MESHSIM_WORLDS ?? 150);

/** No multiple of any time in these worlds. */
const STEP = 3.7 * MILLISECOND;

/** What does not hold in this world, at the first instant at which something does not. */
function findings(parameters: HealthWorld): string[] {
  const { plan } = loadTestScenario(writeHealthWorld(parameters)).variants[0]!;
  const world = new World(plan, String(parameters.seed), [], null);
  let found: string[] = [];
  for (let now = 0; !world.isDone && found.length === 0; now += STEP) {
    world.advance(now);
    found = auditHealthStates(world);
  }
  return found;
}

it("no more hosts are out than settings allow, each comes back, and all gauges agree with the hosts", () => {
  const run = fc.check(
    fc.property(healthWorlds, (world) => findings(world).length === 0),
    { seed, numRuns, ...(path !== undefined && { path }) },
  );
  if (!run.failed) return;
  const [world] = run.counterexample!;
  const again = `MESHSIM_SEED=${seed} MESHSIM_PATH=${run.counterexamplePath} npx vitest run test/properties/health`;
  expect.fail(`${findings(world).join("\n")}\n${JSON.stringify(world)}\nto repeat: ${again}`);
}, 600_000);
