import { expect, vi } from "vitest";
import type { RunResult } from "../../src/simulation/result.ts";
import { confidenceInterval } from "../../src/statistics/confidence-interval.ts";
import type { TestFiles } from "../support/run-scenario.ts";
import { run, type World } from "../support/world.ts";

/**
 * Student-t intervals over independent seeds cover the theory's value with probability 1 - 10^-4 each. Of the some
 * hundred that are checked one is wrong by chance in a hundred changes of the random numbers; the seeds are fixed, so
 * that without such a change there are no false alarms at all.
 */
const LEVEL = 0.9999;
export const REPLICATIONS = 20;
/** Warm-up in relaxation times: what is left of an empty start is of the order of e^-20. */
export const WARMUP_RELAXATIONS = 20;

/** On a busy machine the default of five seconds is not enough. */
vi.setConfig({ testTimeout: 120_000 });

export interface Replicate {
  readonly seed: string;
  readonly files?: TestFiles;
}

/** Replication k of a world has the seed `SEED/k`; replication 0 has the seed itself. */
export function replicate(world: World, { seed, files }: Replicate): RunResult[] {
  return Array.from({ length: REPLICATIONS }, (_, k) =>
    run(world, { seed: k === 0 ? seed : `${seed}/${k}` }, files),
  );
}

/**
 * The interval over replications holds the theory's value, and is narrow enough to say something: its half-width is
 * at most `within` of the value (by default 15%).
 */
export function expectTheory(
  what: string,
  results: readonly RunResult[],
  value: (result: RunResult) => number,
  theory: number,
  within = 0.15,
): void {
  const { mean, lo, hi } = confidenceInterval(results.map(value), LEVEL);
  const found = `${what}: ${mean} in [${lo}, ${hi}], theory ${theory}`;
  expect(lo <= theory && theory <= hi, found).toBe(true);
  expect((hi - lo) / 2, `${found}; half-width`).toBeLessThanOrEqual(within * Math.abs(theory));
}

/** A world with one service `api`, asked directly by the client `web`, over so many requests after the warm-up. */
export function station(
  api: World,
  arrivals: World,
  warmup: number,
  duration: number,
  client: World = {},
): World {
  return {
    warmup: `${warmup}s`,
    duration: `${warmup + duration}s`,
    services: { api },
    clients: { web: { to: "api", arrivals, ...client } },
  };
}

export const web = (result: RunResult) => result.clients[0]!;
export const api = (result: RunResult) => result.services[0]!;
export const meanMs = (result: RunResult) => web(result).latencyMs!.mean;
/** Requests of a status, as a share. */
export const shareOf = (status: string) => (result: RunResult) =>
  (web(result).status.find(([key]) => key === status)?.[1] ?? 0) / web(result).requests;
