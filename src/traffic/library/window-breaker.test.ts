import { describe, expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../../kernel/time.ts";
import { WindowBreaker, type WindowBreakerSettings } from "./window-breaker.ts";

const usual: WindowBreakerSettings = {
  window: { kind: "count", size: 10 },
  minimumCalls: 5,
  failureRate: 0.5,
  slowCallRate: 1,
  slowCall: 100 * MILLISECOND,
  halfOpenCalls: 2,
  wait: 5 * SECOND,
};

function breakerWith(settings: Partial<WindowBreakerSettings> = {}): WindowBreaker {
  return new WindowBreaker({ ...usual, ...settings }, 0);
}

function end(breaker: WindowBreaker, pattern: string, now: number, duration = MILLISECOND): void {
  for (const each of pattern) breaker.ended(each === "F", duration, now);
}

/** Opens at 0. */
function opened(settings: Partial<WindowBreakerSettings> = {}): WindowBreaker {
  const breaker = breakerWith(settings);
  end(breaker, "FFFFF", 0);
  expect(breaker.status).toBe("OPEN");
  return breaker;
}

describe("closed", () => {
  test("does not judge before the minimum of calls", () => {
    const breaker = breakerWith();
    end(breaker, "FFFF", 0);
    expect(breaker.status).toBe("CLOSED");
    end(breaker, ".", 0);
    expect(breaker.status).toBe("OPEN");
  });

  test("opens at the threshold and not below it", () => {
    const breaker = breakerWith();
    end(breaker, "......FFFF", 0);
    expect(breaker.status).toBe("CLOSED");
    end(breaker, "F", 0);
    expect(breaker.status).toBe("OPEN");
  });

  test("opens at every whole percentage that is its threshold, of failures and of slow calls", () => {
    for (let percent = 1; percent <= 100; percent++) {
      const window = { kind: "count", size: 100 } as const;
      const good = ".".repeat(100 - percent);
      const failing = breakerWith({ window, minimumCalls: 100, failureRate: percent / 100 });
      end(failing, good + "F".repeat(percent), 0);
      expect(failing.status, `${percent} % failures`).toBe("OPEN");
      const slow = breakerWith({ window, minimumCalls: 100, slowCallRate: percent / 100 });
      end(slow, good, 0);
      end(slow, ".".repeat(percent), 0, SECOND);
      expect(slow.status, `${percent} % slow`).toBe("OPEN");
    }
    const small = breakerWith({ window: { kind: "count", size: 20 }, minimumCalls: 20, failureRate: 0.55 });
    end(small, `.........${"F".repeat(11)}`, 0);
    expect(small.status).toBe("OPEN");
  });

  test("a window by count judges by its last calls only", () => {
    const breaker = breakerWith({ minimumCalls: 10 });
    end(breaker, "FFFF......", 0);
    // Each further one pushes a failure out.
    end(breaker, "FFFF", 0);
    expect(breaker.status).toBe("CLOSED");
    end(breaker, "F", 0);
    expect(breaker.status).toBe("OPEN");
  });

  test("a window by count asks for no more calls than it holds", () => {
    const breaker = breakerWith({ minimumCalls: 100 });
    end(breaker, "FFFFFFFFF", 0);
    expect(breaker.status).toBe("CLOSED");
    end(breaker, "F", 0);
    expect(breaker.status).toBe("OPEN");
  });

  test("opens for slow calls that succeed; as long as the threshold is not slow", () => {
    const breaker = breakerWith({ slowCallRate: 0.5 });
    end(breaker, "..........", 0, 100 * MILLISECOND);
    expect(breaker.status).toBe("CLOSED");
    end(breaker, ".....", 0, 101 * MILLISECOND);
    expect(breaker.status).toBe("OPEN");
  });

  test("a window by time forgets whole seconds", () => {
    const breaker = breakerWith({ window: { kind: "time", size: 3 }, minimumCalls: 5 });
    end(breaker, "FFFF", 0.9 * SECOND);
    end(breaker, ".", 3 * SECOND);
    expect(breaker.status).toBe("CLOSED");
    const late = breakerWith({ window: { kind: "time", size: 3 }, minimumCalls: 5 });
    end(late, "FFFF", 0.9 * SECOND);
    end(late, ".", 2.9 * SECOND);
    expect(late.status).toBe("OPEN");
  });
});

describe("open", () => {
  test("refuses until its wait is over, and then lets some try", () => {
    const breaker = opened();
    expect(breaker.attempt(5 * SECOND)).toBe(false);
    expect([1, 2, 3].map(() => breaker.attempt(5 * SECOND + 1))).toEqual([true, true, false]);
    expect(breaker.status).toBe("HALF_OPEN");
  });

  test("stays as it is when calls come back late", () => {
    const breaker = opened();
    end(breaker, "..........", SECOND);
    expect(breaker.status).toBe("OPEN");
  });
});

describe("half open", () => {
  test.each([
    ["..", "CLOSED"],
    [".F", "OPEN"],
    [".", "HALF_OPEN"],
  ])("%s makes it %s", (pattern, status) => {
    const breaker = opened();
    breaker.attempt(6 * SECOND);
    breaker.attempt(6 * SECOND);
    end(breaker, pattern, 6 * SECOND);
    expect(breaker.status).toBe(status);
  });

  test("decides by as many calls as the minimum says, if fewer than may try", () => {
    const breaker = opened({ halfOpenCalls: 8 });
    for (let i = 0; i < 8; i++) breaker.attempt(6 * SECOND);
    end(breaker, "....", 6 * SECOND);
    expect(breaker.status).toBe("HALF_OPEN");
    end(breaker, ".", 6 * SECOND);
    expect(breaker.status).toBe("CLOSED");
  });

  test("slow trials open it again", () => {
    const breaker = opened();
    breaker.attempt(6 * SECOND);
    breaker.attempt(6 * SECOND);
    end(breaker, "..", 6 * SECOND, SECOND);
    expect(breaker.status).toBe("OPEN");
    expect(breaker.attempt(11 * SECOND)).toBe(false);
  });

  test("a call that is given up makes place for another", () => {
    const breaker = opened();
    breaker.attempt(6 * SECOND);
    breaker.attempt(6 * SECOND);
    breaker.releasePermission();
    expect([breaker.attempt(6 * SECOND), breaker.attempt(6 * SECOND)]).toEqual([true, false]);
  });

  test("forgets the failures of before once it has closed", () => {
    const breaker = opened();
    breaker.attempt(6 * SECOND);
    breaker.attempt(6 * SECOND);
    end(breaker, "..", 6 * SECOND);
    end(breaker, "FFFF", 6 * SECOND);
    expect(breaker.status).toBe("CLOSED");
  });
});
