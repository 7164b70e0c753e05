import fc from "fast-check";
import { build } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { Histogram } from "./histogram.ts";
import { quantile } from "./quantile.ts";

const QUANTILES = [0, 0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

/** Whole numbers spread over all magnitudes, the edges of octaves among them. */
const wholeNumbers = fc.oneof(
  fc.integer({ min: 0, max: 3000 }),
  fc.maxSafeNat(),
  fc
    .tuple(fc.integer({ min: 0, max: 52 }), fc.constantFrom(-1, 0, 1))
    .map(([k, d]) => Math.max(0, 2 ** k + d)),
  fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 50 })).map(([n, k]) => Math.floor(n / 2 ** k)),
);

function histogramOf(values: readonly number[], bits?: number): Histogram {
  const histogram = new Histogram(bits);
  for (const value of values) histogram.record(value);
  return histogram;
}

test.each([undefined, 5, 6, 1])(
  "quantiles with %s sub-bucket bits are never low and high by less than a bucket",
  (bits) => {
    const width = 2 ** -(bits ?? 10);
    fc.assert(
      fc.property(fc.array(wholeNumbers, { minLength: 1, maxLength: 60 }), (values) => {
        const histogram = histogramOf(values, bits);
        for (const q of QUANTILES) {
          const exact = quantile(values, q);
          expect(histogram.quantile(q)).toBeGreaterThanOrEqual(exact);
          expect(histogram.quantile(q)).toBeLessThanOrEqual(exact * (1 + width));
          expect(histogram.quantile(q)).toBeLessThanOrEqual(histogram.max);
        }
      }),
    );
  },
);

test("count, extremes and sum are exact", () => {
  fc.assert(
    fc.property(fc.array(wholeNumbers, { minLength: 1, maxLength: 60 }), (values) => {
      const histogram = histogramOf(values);
      expect(histogram.count).toBe(values.length);
      expect(histogram.min).toBe(Math.min(...values));
      expect(histogram.max).toBe(Math.max(...values));
      const exact = values.reduce((sum, value) => sum + BigInt(value), 0n);
      // A value above 2^52 may lose its last bit when it is added.
      expect(Math.abs(Number(BigInt(histogram.sum) - exact))).toBeLessThanOrEqual(Number(exact) * 2 ** -50);
    }),
  );
});

test("the mean of sums far beyond 2^53 is exact", () => {
  const histogram = new Histogram(5);
  const day = 86_400_000_000_000;
  for (let i = 0; i < 100_001; i++) histogram.record(day + i);
  expect(histogram.mean).toBe(day + 50_000);
});

test("values below 2^11 are told apart", () => {
  const values = Array.from({ length: 2048 }, (_, value) => value);
  const histogram = histogramOf(values);
  for (const value of values) expect(histogram.quantile((value + 1) / 2048)).toBe(value);
});

test("merging is the same as recording everything in one", () => {
  const lists = fc.array(wholeNumbers, { maxLength: 40 });
  fc.assert(
    fc.property(lists, lists, (some, others) => {
      const merged = histogramOf(some);
      merged.merge(histogramOf(others));
      const together = histogramOf([...some, ...others]);
      expect([merged.count, merged.min, merged.max]).toEqual([together.count, together.min, together.max]);
      expect(merged.sum).toBeCloseTo(together.sum, -3);
      for (const q of QUANTILES) expect(merged.quantile(q)).toBe(together.quantile(q));
    }),
  );
});

test("it agrees with hdr-histogram-js, both within 0.1%", () => {
  const ours = new Histogram();
  const theirs = build({ numberOfSignificantValueDigits: 3, highestTrackableValue: 2 ** 50 });
  for (let i = 1; i <= 10_000; i++) {
    const value = Math.floor(1000 * Math.exp(((i * 7919) % 10_000) / 700));
    ours.record(value);
    theirs.recordValue(value);
  }
  // Whole ranks, so that both definitions of a quantile mean the same value.
  for (const percent of [1, 10, 50, 90, 95, 99, 99.9, 100]) {
    const ratio = ours.quantile(percent / 100) / theirs.getValueAtPercentile(percent);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.001);
  }
  expect(Math.abs(ours.mean / theirs.mean - 1)).toBeLessThan(0.001);
});

test("without values there is no quantile, mean or extreme", () => {
  const { count, sum, mean, min, max } = new Histogram();
  expect([count, sum, mean, min, max, new Histogram().quantile(0.5)]).toEqual([0, 0, NaN, NaN, NaN, NaN]);
});

test.each([-1, 1e-9, NaN, Infinity, -Infinity, 2 ** 53])("%s is refused and leaves no trace", (value) => {
  const histogram = new Histogram();
  expect(() => histogram.record(value)).toThrow(RangeError);
  expect(histogram.count).toBe(0);
});

test("other resolutions cannot be merged, and impossible ones not be made", () => {
  expect(() => new Histogram().merge(new Histogram(5))).toThrow(RangeError);
  expect(() => new Histogram(0)).toThrow(RangeError);
  expect(() => new Histogram(21)).toThrow(RangeError);
});
