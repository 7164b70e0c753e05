import { expect, test } from "vitest";
import { lnGamma, lowerGammaSeries, upperGammaFraction } from "./gamma-function.ts";

// From 40-digit arithmetic.
test.each([
  [0.01, 4.599479878042022],
  [0.5, 0.5723649429247001],
  [1, 0.0],
  [1.5, -0.12078223763524522],
  [2, 0.0],
  [3.7, 1.4280723266653879],
  [10, 12.80182748008147],
  [15, 25.191221182738683],
  [100, 359.1342053695754],
  [12345.6, 103959.18506616846],
])("ln Γ(%s) is %s", (x, value) => {
  expect(Math.abs(lnGamma(x) - value)).toBeLessThanOrEqual(Math.max(1, Math.abs(value)) * 2e-14);
});

test.each([0.1, 0.5, 1, 3, 20, 500])(
  "with a = %s the lower and the upper incomplete function add up to Γ(a)",
  (a) => {
    for (const x of [a + 1, 1.5 * a + 1, 2 * a + 2]) {
      const sum = lowerGammaSeries(a, x) + upperGammaFraction(a, x);
      expect(Math.abs(Math.log(sum) + a * Math.log(x) - x - lnGamma(a))).toBeLessThan(1e-12 * (1 + a));
    }
  },
);

test("for a = 1 they are (e^x - 1)/x and 1/x", () => {
  expect(lowerGammaSeries(1, 2)).toBeCloseTo((Math.exp(2) - 1) / 2, 13);
  expect(upperGammaFraction(1, 2)).toBeCloseTo(1 / 2, 15);
});
