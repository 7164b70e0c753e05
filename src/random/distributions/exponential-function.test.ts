import libraryExp from "@stdlib/math-base-special-exp";
import fc from "fast-check";
import { expect, test } from "vitest";
import { exp } from "./exponential-function.ts";

test("it is the library's function to two units in the last place", () => {
  fc.assert(
    fc.property(fc.double({ min: -744, max: 709, noNaN: true }), (x) => {
      expect(Math.abs(exp(x) - libraryExp(x))).toBeLessThanOrEqual(libraryExp(x) * 2 * Number.EPSILON);
    }),
    { numRuns: 5000 },
  );
});

test("its special values are exact", () => {
  expect([exp(0), exp(-Infinity), exp(-800), exp(800), exp(NaN)]).toEqual([1, 0, 0, Infinity, NaN]);
});
