import { expect, test } from "vitest";
import { confidenceInterval } from "./confidence-interval.ts";

test("the interval of 1 to 5 is 3 ± t(0.975, 4)·√(2.5/5)", () => {
  // The quantile from tables of Student's t: 2.776445105198.
  const { mean, lo, hi, n } = confidenceInterval([1, 2, 3, 4, 5]);
  expect([mean, n]).toEqual([3, 5]);
  expect(lo).toBeCloseTo(3 - 2.776445105198 * Math.sqrt(0.5), 10);
  expect(hi).toBeCloseTo(3 + 2.776445105198 * Math.sqrt(0.5), 10);
});

test("another level has another quantile", () => {
  // One degree of freedom is Cauchy's distribution: t(0.95, 1) = tan(0.45π), t(0.995, 1) = tan(0.495π).
  expect(confidenceInterval([0, 2], 0.9).hi).toBeCloseTo(1 + Math.tan(0.45 * Math.PI), 9);
  expect(confidenceInterval([0, 2], 0.99).hi).toBeCloseTo(1 + Math.tan(0.495 * Math.PI), 8);
});

test("equal values leave no doubt", () => {
  expect(confidenceInterval([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, lo: 0.1, hi: 0.1, n: 3 });
});

test("one value has a mean but no interval, none has nothing", () => {
  expect(confidenceInterval([4])).toEqual({ mean: 4, lo: NaN, hi: NaN, n: 1 });
  expect(confidenceInterval([])).toEqual({ mean: NaN, lo: NaN, hi: NaN, n: 0 });
});

test.each([0, 1, NaN])("%s is no confidence level", (level) => {
  expect(() => confidenceInterval([1, 2], level)).toThrow(RangeError);
});
