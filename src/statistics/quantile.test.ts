import fc from "fast-check";
import { expect, test } from "vitest";
import { quantile } from "./quantile.ts";

test("at least ⌈qn⌉ values do not exceed the quantile, and fewer do not exceed any smaller value", () => {
  const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (list, percent) => {
      const answer = quantile(list, percent / 100);
      const needed = Math.ceil((percent * list.length) / 100);
      expect(list).toContain(answer);
      expect(list.filter((value) => value <= answer).length).toBeGreaterThanOrEqual(needed);
      expect(list.filter((value) => value < answer).length).toBeLessThan(needed);
    }),
  );
});

test("the ends are the least and the greatest value, and the list stays as it was", () => {
  const values = [3, 1, 2];
  expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 1)]).toEqual([1, 2, 3]);
  expect(values).toEqual([3, 1, 2]);
});

test("an empty list has none", () => {
  expect(quantile([], 0.5)).toBeNaN();
});
