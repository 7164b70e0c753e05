import fc from "fast-check";
import { expect, test } from "vitest";
import { quantileRank } from "./rank.ts";

test("the rank is the whole number that decimal arithmetic gives", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 10_000_000 }), (perMille, n) => {
      const exact = (BigInt(perMille) * BigInt(n) + 999n) / 1000n;
      expect(quantileRank(perMille / 1000, n)).toBe(Math.max(Number(exact), 1));
    }),
  );
});

test("a product just above a whole number by rounding counts as that number", () => {
  expect(0.07 * 100).toBeGreaterThan(7);
  expect(quantileRank(0.07, 100)).toBe(7);
});

test.each([-0.1, 1.1, NaN])("%s is no quantile", (q) => {
  expect(() => quantileRank(q, 10)).toThrow(RangeError);
});
