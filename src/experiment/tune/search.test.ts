import fc from "fast-check";
import { expect, test } from "vitest";
import type { Expectation } from "../../scenario/expectation.ts";
import { makeGrid } from "../sweep/grid.ts";
import { type Candidate, compareCandidates } from "./candidate.ts";
import { type Search, searchByDescent, searchGrid } from "./search.ts";

const expectation: Expectation = {
  text: "",
  metric: { of: "web", steps: ["p99"] },
  op: "<",
  limit: 1,
  location: { file: "", line: 1, column: 1, length: 1 },
};

/** Points that miss by an amount (0: not at all) at a cost, the same in each replication. */
function judgeOf(missed: readonly number[], costs: readonly number[]) {
  return (point: number, n: number): Candidate => ({
    point,
    n,
    cost: { mean: costs[point]!, lo: costs[point]!, hi: costs[point]!, n },
    misses:
      missed[point] === 0 ? [] : [{ scenario: 0, expectation, held: 0, n, worst: 2, by: missed[point]! }],
    worst: [[missed[point] === 0 ? 0 : 2]],
  });
}

/** Replications that a search asks for, by point. */
function follow(search: Search): Map<number, number> {
  const made = new Map<number, number>();
  for (const { points, replications } of search) {
    for (const point of points) made.set(point, Math.max(made.get(point) ?? 0, replications));
  }
  return made;
}

const values = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const gridOf = (...lengths: number[]) =>
  makeGrid(lengths.map((length, index) => ({ path: `a.p${index}`, values: values(length) })));

test("the grid gives all replications to points that may satisfy, and one to the others", () => {
  const made = follow(searchGrid(gridOf(4), judgeOf([1, 0, 2, 0], [1, 2, 3, 4]), 5));
  expect([...made]).toEqual([
    [0, 1],
    [1, 5],
    [2, 1],
    [3, 5],
  ]);
});

test("the descent finds the best of a cost that falls towards one point along each axis", () => {
  fc.assert(
    fc.property(fc.nat(6), fc.nat(4), fc.nat(5), fc.integer({ min: 1, max: 9 }), (a, b, c, replications) => {
      const grid = gridOf(7, 5, 6);
      const costs = grid.points.map(
        ({ indices: [x, y, z] }) => Math.abs(x! - a) + Math.abs(y! - b) + Math.abs(z! - c),
      );
      const judge = judgeOf(
        costs.map(() => 0),
        costs,
      );
      const made = follow(searchByDescent(grid, judge, replications));
      const best = [...made].map(([point, n]) => judge(point, n)).sort(compareCandidates)[0]!;
      expect(best.cost.mean).toBe(0);
      expect(made.get(best.point)).toBe(replications);
      expect(made.size).toBeLessThan(grid.points.length);
    }),
  );
});

test("the descent ends on any costs and misses, and with the best of its neighbours", () => {
  const cell = fc.nat(3);
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 12, maxLength: 12 }),
      fc.array(cell, { minLength: 12, maxLength: 12 }),
      (missed, costs) => {
        const grid = gridOf(3, 4);
        const judge = judgeOf(missed, costs);
        const made = follow(searchByDescent(grid, judge, 3));
        const whole = [...made].filter(([, n]) => n === 3).map(([point]) => judge(point, 3));
        const best = whole.sort(compareCandidates)[0]!;
        const [row, column] = grid.points[best.point]!.indices;
        for (const { indices } of grid.points.filter(({ indices: [x, y] }) => x === row || y === column)) {
          const point = indices[0]! * 4 + indices[1]!;
          expect(compareCandidates(best, judge(point, 3))).toBeLessThanOrEqual(0);
        }
      },
    ),
  );
});
