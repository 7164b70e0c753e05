import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterOfAttempt, orderOfPicks } from "./cluster-rotation.ts";

// Envoy 1.40, WeightedClusterEntry: one random value modulo what is left each time.
describe("the order of weighted clusters", () => {
  it("is that of one value modulo the weights that are left", () => {
    const order = (value: number, ...weights: number[]) => orderOfPicks(weights, (sum) => value % sum);
    expect(order(95, 90, 10)).toEqual([1, 0]);
    // 57 of 100 is in 50 to 80; 57 % 70 is in 50 to 70; then one is left.
    expect(order(57, 50, 30, 20)).toEqual([1, 2, 0]);
    expect(order(0, 60, 40, 0)).toEqual([0, 1]);
  });

  it("has every cluster with a weight once", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }), fc.nat(), (weights, value) => {
        const order = orderOfPicks(weights, (sum) => value % sum);
        const weighted = [...weights.keys()].filter((index) => weights[index]! > 0);
        expect([...order].sort()).toEqual(weighted);
      }),
    );
  });
});

it("begins again after the last cluster, unless one without weight is left", () => {
  const names = ["a", "b", "c"];
  const clusters = (repeats: boolean) =>
    [0, 1, 2, 3, 4].map((attempt) => clusterOfAttempt({ names, repeats }, attempt)).join("");
  expect(clusters(true)).toBe("abcab");
  expect(clusters(false)).toBe("abccc");
});
