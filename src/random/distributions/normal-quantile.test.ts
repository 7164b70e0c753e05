import { expect, test } from "vitest";
import { normalQuantile } from "./normal-quantile.ts";

// From the normal distribution function in 40 digits, solved for its argument.
test.each([
  [1e-12, -7.034483825301132],
  [1e-6, -4.753424308822899],
  [0.01, -2.326347874040841],
  [0.1, -1.2815515655446006],
  [0.25, -0.6744897501960817],
  [0.5, 0],
  [0.75, 0.6744897501960817],
  [0.9, 1.2815515655446006],
  [0.99, 2.326347874040841],
])("the quantile of %s is %s", (u, z) => {
  expect(Math.abs(normalQuantile(u) - z)).toBeLessThanOrEqual(Math.abs(z) * 2e-15);
});

test("it is odd about 1/2 and rises everywhere, also where its formulas meet", () => {
  // 0.075 and e^-25 are the borders of the three formulas.
  const points = [2 ** -53, 1e-15, 1.388e-11, 1.389e-11, 1e-9, 0.0749999, 0.0750001, 0.3, 0.5, 0.7];
  points.forEach((u, i) => {
    if (i > 0) expect(normalQuantile(u)).toBeGreaterThan(normalQuantile(points[i - 1]!));
  });
  for (const power of [2, 3, 5, 10, 20, 40, 53]) {
    const u = 2 ** -power;
    expect(normalQuantile(1 - u)).toBe(-normalQuantile(u));
  }
});
