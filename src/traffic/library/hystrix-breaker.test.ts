import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../../kernel/time.ts";
import { HystrixBreaker, type HystrixBreakerSettings } from "./hystrix-breaker.ts";

/** Hystrix 1.5 by its defaults (HystrixCommandProperties). */
const DEFAULTS: HystrixBreakerSettings = {
  requestVolume: 20,
  errorThreshold: 0.5,
  sleepWindow: 5 * SECOND,
  window: 10 * SECOND,
};

function breakerOf(settings: Partial<HystrixBreakerSettings> = {}): HystrixBreaker {
  return new HystrixBreaker({ ...DEFAULTS, ...settings }, 0);
}

function count(breaker: HystrixBreaker, errors: number, successes: number, now: number): void {
  for (let i = 0; i < errors; i++) breaker.count(true, now);
  for (let i = 0; i < successes; i++) breaker.count(false, now);
}

/** Open since 500 ms. */
function opened(): HystrixBreaker {
  const breaker = breakerOf();
  count(breaker, 20, 0, 0);
  expect(breaker.status(500 * MILLISECOND)).toBe("OPEN");
  return breaker;
}

/** The first instant at which an open one lets a call try. */
const TRIAL = 5500 * MILLISECOND + 1;

describe("closed", () => {
  test("needs the volume of requests", () => {
    const breaker = breakerOf();
    count(breaker, 19, 0, 0);
    expect(breaker.status(SECOND)).toBe("CLOSED");
  });

  test("opens with the next of its ticks, not with the request that is too much", () => {
    const breaker = breakerOf();
    count(breaker, 20, 0, 700 * MILLISECOND);
    expect(breaker.status(999 * MILLISECOND)).toBe("CLOSED");
    expect(breaker.status(1000 * MILLISECOND)).toBe("OPEN");
  });

  test("opens at the threshold, of which the percentage is cut off", () => {
    const below = breakerOf();
    // 49.8 %
    count(below, 249, 251, 0);
    expect(below.status(SECOND)).toBe("CLOSED");
    const reached = breakerOf();
    count(reached, 250, 250, 0);
    expect(reached.status(SECOND)).toBe("OPEN");
  });

  test("opens at every whole percentage that is its threshold", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (percent) => {
        const breaker = breakerOf({ errorThreshold: percent / 100 });
        count(breaker, percent, 100 - percent, 0);
        expect(breaker.status(SECOND)).toBe("OPEN");
        const better = breakerOf({ errorThreshold: percent / 100 });
        count(better, percent - 1, 101 - percent, 0);
        expect(better.status(SECOND)).toBe("CLOSED");
      }),
    );
  });

  test("forgets what is older than its window, half second by half second", () => {
    const breaker = breakerOf();
    count(breaker, 10, 0, 0);
    // Twenty buckets later those ten are out of the window.
    count(breaker, 10, 0, 10_000 * MILLISECOND);
    expect(breaker.status(11 * SECOND)).toBe("CLOSED");
    const within = breakerOf();
    count(within, 10, 0, 0);
    count(within, 10, 0, 9_900 * MILLISECOND);
    expect(within.status(11 * SECOND)).toBe("OPEN");
  });
});

describe("open", () => {
  test("refuses until its sleep window is over, and then lets a single call try", () => {
    const breaker = opened();
    expect(breaker.attempt(TRIAL - 1)).toBe(false);
    expect(breaker.attempt(TRIAL)).toBe(true);
    expect(breaker.status(TRIAL)).toBe("HALF_OPEN");
    expect(breaker.attempt(TRIAL)).toBe(false);
    expect(breaker.attempt(TRIAL + 60 * SECOND)).toBe(false);
  });

  test("is not closed by a call that began before and succeeds late", () => {
    const breaker = opened();
    breaker.markSuccess(SECOND);
    expect(breaker.status(SECOND)).toBe("OPEN");
    expect(breaker.attempt(TRIAL)).toBe(true);
  });
});

describe("half open", () => {
  test("a trial that succeeds closes it and empties the window", () => {
    const breaker = opened();
    breaker.attempt(TRIAL);
    breaker.count(false, TRIAL);
    breaker.markSuccess(TRIAL);
    expect(breaker.status(TRIAL)).toBe("CLOSED");
    count(breaker, 19, 0, TRIAL);
    expect(breaker.status(TRIAL + 2 * SECOND)).toBe("CLOSED");
    breaker.count(true, TRIAL + 2 * SECOND);
    expect(breaker.status(TRIAL + 3 * SECOND)).toBe("OPEN");
  });

  test("a trial that does not succeed opens it for another sleep window", () => {
    const breaker = opened();
    breaker.attempt(TRIAL);
    const failed = TRIAL + SECOND;
    breaker.count(true, failed);
    breaker.markNonSuccess(failed);
    expect(breaker.attempt(failed + 5 * SECOND)).toBe(false);
    expect(breaker.attempt(failed + 5 * SECOND + 1)).toBe(true);
  });
});
