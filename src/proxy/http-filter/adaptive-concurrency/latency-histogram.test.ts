import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyHistogram } from "./latency-histogram.ts";

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.insert(value);
  return histogram;
}

test("bins have two significant digits, and quantiles are interpolated in them", () => {
  // Four values in [1200, 1300): the median is half way through the bin.
  expect(histogramOf([1200, 1234, 1250, 1299]).quantile(0.5)).toBe(1250);
  expect(histogramOf([1200, 1234, 1250, 1299]).quantile(1)).toBe(1300);
  // Values of one digit have bins of a tenth.
  expect(histogramOf([7]).quantile(1)).toBeCloseTo(7.1, 12);
});

test("zero is a bin without width", () => {
  expect(histogramOf([0, 0, 0, 40]).quantile(0.75)).toBe(0);
  expect(histogramOf([0, 40]).quantile(1)).toBe(41);
});

test("a quantile lies within a tenth of the value of that rank", () => {
  const values = fc.array(fc.nat({ max: 2 ** 43 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (latencies, q) => {
      const sorted = latencies.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(sorted.length * q) - 1]!;
      const quantile = histogramOf(latencies).quantile(q);
      expect(quantile).toBeGreaterThanOrEqual(exact * 0.9);
      expect(quantile).toBeLessThanOrEqual(exact * 1.1 + 1e-9);
    }),
  );
});

test("after clear it is empty", () => {
  const histogram = histogramOf([5, 0, 5000]);
  histogram.clear();
  expect(histogram.count).toBe(0);
  histogram.insert(20);
  expect(histogram.quantile(1)).toBe(21);
});
