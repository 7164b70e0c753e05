import type { AccessLogRecord } from "../telemetry/access-log.ts";
import { makeResult } from "./make-result.ts";
import type { WindowPlan, WorldPlan } from "./plan.ts";
import type { RunResult } from "./result.ts";
import { World } from "./world.ts";

export interface RunOptions {
  readonly variant: string | null;
  readonly seed: string;
  /** Spans whose requests are counted apart. */
  readonly windows: readonly WindowPlan[];
  /** Takes an entry for each request that a proxy has finished; it does not change the run. */
  readonly accessLog?: (record: AccessLogRecord) => void;
}

/** Builds a world and runs it once: one scenario, one seed, one result. */
export function runWorld(plan: WorldPlan, { variant, seed, windows, accessLog }: RunOptions): RunResult {
  const world = new World(plan, seed, windows, accessLog ?? null);
  world.run();
  return makeResult(world, variant, seed);
}
