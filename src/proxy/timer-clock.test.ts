import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../kernel/time.ts";
import { TimerClock } from "./timer-clock.ts";

const TICK = 4 * MILLISECOND;

/** In milliseconds, of a timer that is set so many milliseconds after a tick. */
function durationOf(delayMs: number, sinceTickMs: number, tick = TICK): number {
  return new TimerClock(tick, 0).durationOf(delayMs * MILLISECOND, sinceTickMs * MILLISECOND) / MILLISECOND;
}

describe("a timer on a clock that ticks", () => {
  it("goes to sleep again while the clock still shows an earlier time", () => {
    expect(durationOf(1, 0.5)).toBe(4);
    expect(durationOf(1, 2.5)).toBe(2);
    expect(durationOf(1, 3.5)).toBe(1);
    expect(durationOf(2, 0.5)).toBe(4);
    expect(durationOf(2, 2.5)).toBe(2);
    expect(durationOf(3, 0.5)).toBe(6);
    expect(durationOf(3, 1.5)).toBe(3);
  });

  it("is exact for whole ticks and for none", () => {
    for (const sinceTick of [0, 0.5, 3.999]) {
      expect(durationOf(0, sinceTick)).toBe(0);
      expect(durationOf(4, sinceTick)).toBe(4);
      expect(durationOf(20, sinceTick)).toBe(20);
    }
  });

  it("is exact on a clock without ticks", () => {
    expect(durationOf(1, 0.5, 0)).toBe(1);
    expect(durationOf(7, 3.2, 0)).toBe(7);
  });

  it("is late by whole milliseconds, and by less than a tick", () => {
    for (let delay = 1; delay <= 30; delay++)
      for (let sinceTick = 0; sinceTick < 4; sinceTick += 0.25) {
        const late = durationOf(delay, sinceTick) - delay;
        expect(Number.isInteger(late) && late >= 0 && late < 4).toBe(true);
      }
  });

  it("knows its phase before virtual time 0", () => {
    const clock = new TimerClock(TICK, 0.125);
    expect(clock.durationOf(MILLISECOND, -TICK)).toBe(4 * MILLISECOND);
    expect(clock.durationOf(MILLISECOND, 3 * MILLISECOND - TICK)).toBe(MILLISECOND);
  });
});
