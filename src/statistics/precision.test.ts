import { expect, test } from "vitest";
import { confidenceInterval } from "./confidence-interval.ts";
import { isPrecise, nextReplications } from "./precision.ts";

const wide = [1, 2, 3, 4, 5];
const narrow = [100, 100.1, 99.9, 100, 100];

test("precise is a half width of at most the share of the mean", () => {
  // 3 ± 1.963, see confidence-interval.test.ts.
  expect(isPrecise(confidenceInterval(wide), 0.66)).toBe(true);
  expect(isPrecise(confidenceInterval(wide), 0.65)).toBe(false);
  expect(isPrecise(confidenceInterval([1]), 0.5)).toBe(false);
  expect(isPrecise(confidenceInterval([0, 0, 0]), 0.01)).toBe(true);
});

test("it stops when all sets are precise, and goes on at most to twice as many and to the cap", () => {
  expect(nextReplications([narrow], 5, 0.02, 100)).toBe(5);
  expect(nextReplications([narrow, wide], 5, 0.02, 100)).toBe(10);
  expect(nextReplications([narrow, wide], 5, 0.02, 8)).toBe(8);
  expect(nextReplications([wide], 8, 0.02, 8)).toBe(8);
  // (1.963 / (0.6 * 3))^2 * 5 = 5.95.
  expect(nextReplications([wide], 5, 0.6, 100)).toBe(6);
  expect(nextReplications([[-1, 1, 0]], 3, 0.02, 100)).toBe(6);
  expect(nextReplications([[]], 3, 0.02, 100)).toBe(3);
});
