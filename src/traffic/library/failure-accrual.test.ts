import { describe, expect, test } from "vitest";
import { SECOND } from "../../kernel/time.ts";
import { Endpoints } from "./endpoints.ts";
import { FailureAccrual, type FailureAccrualSettings } from "./failure-accrual.ts";

const usual: FailureAccrualSettings = {
  consecutive: 5,
  successRate: { threshold: 0.8, window: 30 * SECOND, minRequests: 5 },
  base: 5 * SECOND,
  max: 300 * SECOND,
};
const least = () => 0;

function failing(times: number, now: number, settings = usual): FailureAccrual {
  const accrual = new FailureAccrual(settings, least, 0);
  for (let i = 0; i < times; i++) accrual.failed(now);
  return accrual;
}

describe("failures in a row", () => {
  test("the fifth takes an endpoint out for five seconds", () => {
    expect(failing(4, SECOND).isOpen(SECOND)).toBe(true);
    const dead = failing(5, SECOND);
    expect([dead.isOpen(SECOND), dead.isOpen(6 * SECOND - 1), dead.isOpen(6 * SECOND)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("a success in between starts anew", () => {
    const accrual = failing(4, 0);
    accrual.succeeded(0);
    accrual.failed(0);
    expect(accrual.isOpen(0)).toBe(true);
  });

  test("one request tries it; failures make it wait 5 s, 5 s, 10 s, 20 s with the least draws", () => {
    const accrual = failing(5, 0);
    let now = 0;
    for (const wait of [5, 5, 10, 20]) {
      expect(accrual.isOpen(now + wait * SECOND - 1)).toBe(false);
      now += wait * SECOND;
      accrual.begun(now);
      expect(accrual.isOpen(now)).toBe(false);
      accrual.failed(now);
    }
  });

  test("a trial that succeeds revives it with a fresh back-off", () => {
    const accrual = failing(5, 0);
    accrual.begun(5 * SECOND);
    accrual.succeeded(5 * SECOND);
    expect(accrual.isOpen(5 * SECOND)).toBe(true);
    for (let i = 0; i < 5; i++) accrual.failed(6 * SECOND);
    expect([accrual.isOpen(11 * SECOND - 1), accrual.isOpen(11 * SECOND)]).toEqual([false, true]);
  });

  test("a trial that is given up leaves the place to another", () => {
    const accrual = failing(5, 0);
    accrual.begun(5 * SECOND);
    accrual.ignored();
    expect(accrual.isOpen(5 * SECOND)).toBe(true);
  });
});

describe("success rate", () => {
  const settings = { ...usual, consecutive: Number.POSITIVE_INFINITY };

  test("never judges before its window has passed once", () => {
    expect(failing(1000, 29 * SECOND, settings).isOpen(29 * SECOND)).toBe(true);
  });

  test("takes an endpoint out of which two in three succeed, and leaves one of which nine in ten do", () => {
    const fateWith = (period: number) => {
      const accrual = new FailureAccrual(settings, least, 0);
      for (let i = 1; i <= 600; i++) {
        if (i % period === 0) accrual.failed((i * SECOND) / 10);
        else accrual.succeeded((i * SECOND) / 10);
        if (!accrual.isOpen((i * SECOND) / 10)) return "dead";
      }
      return "alive";
    };
    expect([fateWith(3), fateWith(10)]).toEqual(["dead", "alive"]);
  });

  test("asks for five requests in the window", () => {
    const accrual = failing(1, 0, settings);
    accrual.failed(40 * SECOND);
    expect(accrual.isOpen(40 * SECOND)).toBe(true);
  });
});

describe("endpoints", () => {
  test("of two, the less busy one is chosen, and the first if they are equally busy", () => {
    const endpoints = new Endpoints(2, usual, least, 0);
    expect([endpoints.begin(0), endpoints.begin(0), endpoints.begin(0)]).toEqual([0, 1, 0]);
  });

  test("a dead one gets nothing while another is alive, and something when all are dead", () => {
    const endpoints = new Endpoints(2, usual, least, 0);
    const kill = (index: number) => {
      for (let i = 0; i < 5; i++) endpoints.ended(index, true, 0);
    };
    kill(0);
    for (let i = 0; i < 10; i++) expect(endpoints.begin(0)).toBe(1);
    kill(1);
    expect(endpoints.begin(0)).toBeGreaterThanOrEqual(0);
  });
});
