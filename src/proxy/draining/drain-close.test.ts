import { describe, expect, it } from "vitest";
import { scripted64 } from "../../../test/support/scripted64.ts";
import { SECOND } from "../../kernel/time.ts";
import { closesOnDrain, type Draining, type DrainProgress, proactiveDrainDelay } from "./drain-close.ts";

function closes(draining: Partial<Draining>, ...numbers: number[]): { closes: boolean; draws: number } {
  const random = scripted64(numbers.map(String));
  const all = { type: "DEFAULT", hasFailedHealthCheck: false, sequence: null, ...draining } as const;
  return { closes: closesOnDrain(all, random), draws: random.drawn };
}

function gradual(elapsed: number, ramp: number): Partial<Draining> {
  const sequence: DrainProgress = { strategy: "gradual", elapsed, ramp };
  return { sequence };
}

describe("closing for draining", () => {
  it("is certain while the health check fails, but not where only modifications count", () => {
    expect(closes({ hasFailedHealthCheck: true })).toEqual({ closes: true, draws: 0 });
    expect(closes({ hasFailedHealthCheck: true, type: "MODIFY_ONLY" })).toEqual({ closes: false, draws: 0 });
  });

  it("does not happen where nothing drains", () => {
    expect(closes({})).toEqual({ closes: false, draws: 0 });
  });

  it("is certain at once with the immediate strategy", () => {
    const sequence: DrainProgress = { strategy: "immediate", elapsed: 0, ramp: 600 };
    expect(closes({ sequence, type: "MODIFY_ONLY" })).toEqual({ closes: true, draws: 0 });
  });

  it("has the chance of the whole seconds that have passed, of those of the ramp", () => {
    for (const elapsed of [0, 1, 2, 3, 4]) {
      const outcomes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((drawn) => closes(gradual(elapsed, 5), drawn));
      expect(outcomes.filter((outcome) => outcome.closes)).toHaveLength(2 * elapsed);
      expect(outcomes.every(({ draws }) => draws === 1)).toBe(true);
    }
  });

  it("is certain when the ramp is over, and where there is none", () => {
    expect(closes(gradual(5, 5))).toEqual({ closes: true, draws: 0 });
    expect(closes(gradual(0, 0))).toEqual({ closes: true, draws: 0 });
  });
});

describe("the end of connections of which nothing is asked", () => {
  // Envoy 1.40.0 was run with a drain time of 12 s and a drain timeout of 2 s: they ended from 8 s to 10 s on.
  const delay = (elapsed: number, drawn: number, drainTime = 12, grace = 2) => {
    const random = scripted64([String(drawn)]);
    const time = proactiveDrainDelay(drainTime * SECOND, elapsed * SECOND, grace * SECOND, random);
    return { seconds: time / SECOND, draws: random.drawn };
  };

  it("lies in the last third of the drain time, and leaves time for it", () => {
    expect(delay(0, 0)).toEqual({ seconds: 8, draws: 1 });
    expect(delay(0, 1999)).toEqual({ seconds: 9.999, draws: 1 });
    expect(delay(0, 2000)).toEqual({ seconds: 8, draws: 1 });
  });

  it("counts from the beginning of draining, for connections that come later", () => {
    expect(delay(0.5, 500)).toEqual({ seconds: 8, draws: 1 });
    expect(delay(7.9999, 0)).toEqual({ seconds: 0.001, draws: 1 });
  });

  it("does not come by itself for a connection that opens when the window is open", () => {
    expect(delay(8, 0)).toEqual({ seconds: 0, draws: 0 });
  });

  it("does not come by itself where no time is left for a window", () => {
    expect(delay(0, 0, 6, 2)).toEqual({ seconds: 0, draws: 0 });
    expect(delay(0, 0, 0, 5)).toEqual({ seconds: 0, draws: 0 });
  });
});
