import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { simulate } from "../../src/experiment/simulate.ts";
import type { AccessLogRecord } from "../../src/telemetry/access-log.ts";
import { loadTestScenario } from "../support/run-scenario.ts";
import { type Figures, figuresOf, windowsIn } from "./live-figures.ts";
import { type Band, type LiveWorld, liveWorlds } from "./live-worlds.ts";

/**
 * A band holds what the recorded runs had in common with a confidence of 99.9 %, so that among 1,400 of them one or
 * two are missed by a hair in each run of all worlds. A miss by more than half a band's width is no chance.
 */
const SEEDS = ["1", "2"];
const HAIR = 0.5;
/** Of one world with one seed. */
const MOST_HAIRS = 1;
const MOST_HAIRS_IN_ALL = 6;

interface Miss {
  readonly text: string;
  /** By how many band widths. */
  readonly distance: number;
}

interface RunningWorld {
  run(seed: string): Figures;
}

function start({ files, bands }: LiveWorld): RunningWorld {
  const loaded = loadTestScenario(files);
  const keys = bands.map(([key]) => key);
  const { faults = [] } = parse(files["scenario.yaml"]!) as { faults?: { hosts?: string[] }[] };
  const faulted = new Set(faults.flatMap(({ hosts }) => (Array.isArray(hosts) ? hosts : [])));
  return {
    run(seed) {
      const log: AccessLogRecord[] = [];
      const accessLog = (line: AccessLogRecord) => log.push(line);
      const result = simulate(loaded, { seed, windows: windowsIn(keys), accessLog });
      return figuresOf({ result, log }, keys, faulted);
    },
  };
}

function missesOf(figures: Figures, bands: readonly Band[], seed: string): readonly Miss[] {
  return bands.flatMap(([key, min, max]) => {
    const value = figures.get(key) ?? 0;
    // Shares and rates are sums of fractions.
    const beyond = Math.max(min - value, value - max) - 1e-9;
    if (beyond <= 0) return [];
    const text = `seed ${seed}: ${key} is ${value}, and was ${min} to ${max}`;
    return [{ text, distance: beyond / (max - min) }];
  });
}

describe("a mesh that ran on the real Envoy", () => {
  const worlds = liveWorlds();
  let hairs = 0;

  it.each(worlds.map((world) => [world.name, world] as const))("%s fares as it did there", (_, world) => {
    const running = start(world);
    for (const seed of SEEDS) {
      const misses = missesOf(running.run(seed), world.bands, seed);
      const far = misses.filter(({ distance }) => distance > HAIR);
      hairs += misses.length;
      expect(far.map(({ text }) => text)).toEqual([]);
      expect(misses.length, misses.map(({ text }) => text).join("\n")).toBeLessThanOrEqual(MOST_HAIRS);
    }
  });

  it("misses hardly any band by a hair", () => {
    expect(hairs).toBeLessThanOrEqual(MOST_HAIRS_IN_ALL);
  });
});
