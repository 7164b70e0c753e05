import { expect, test } from "vitest";
import { normal } from "./normal.ts";

// From the normal distribution function in 40 digits.
test.each([
  [0, 1, 0.01, 0.012533469508069262],
  [0, 1, 0.25, 0.31863936396437514],
  [0, 1, 0.5, 0.6744897501960817],
  [0, 1, 0.9, 1.6448536269514726],
  [1, 1, 0.01, 0.03418628177306228],
  [1, 1, 0.25, 0.665474273305567],
  [1, 1, 0.5, 1.2001736861668908],
  [1, 1, 0.9, 2.3777873615993075],
  [10, 3, 0.01, 3.0679058731694475],
  [10, 3, 0.25, 7.979567651621801],
  [10, 3, 0.5, 10.001613242221822],
  [10, 3, 0.9, 13.845388255002737],
  [100, 3, 0.01, 93.02095637787748],
  [100, 3, 0.25, 97.97653074941175],
  [100, 3, 0.5, 100.0],
  [100, 3, 0.9, 103.8446546966338],
])("mean %s and deviation %s, cut at 0, has %s-quantile %s", (mean, stdev, u, value) => {
  expect(Math.abs(normal(mean, stdev).quantile(u) / value - 1)).toBeLessThan(2e-14);
});

test.each([
  [0, 1, 0.7978845608028654],
  [1, 1, 1.2875999709391783],
  [10, 3, 10.004628823033226],
  [100, 3, 100.0],
])("mean %s and deviation %s, cut at 0, has mean %s", (mean, stdev, value) => {
  expect(Math.abs(normal(mean, stdev).mean / value - 1)).toBeLessThan(1e-15);
});

test("nothing is negative, and nothing gathers at 0", () => {
  expect(normal(1, 5).quantile(2 ** -53)).toBeGreaterThanOrEqual(0);
  expect(normal(1, 5).quantile(1e-9)).toBeGreaterThan(0);
  expect(normal(1, 5).quantile(1 - 2 ** -53)).toBeLessThan(50);
});
