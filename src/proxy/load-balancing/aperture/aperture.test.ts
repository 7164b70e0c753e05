import fc from "fast-check";
import { expect, test } from "vitest";
import { testPolicy } from "../policy.suite.ts";
import { apertureOf } from "./aperture.ts";
import { aperture } from "./config.ts";

testPolicy("deterministic aperture", aperture.configure({}), {
  drawsPerPick: 3,
  drawsAtConstruction: 0,
  weights: "ignored",
});

const sizes = [
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 20 }),
] as const;

test("all proxies together use every host evenly", () => {
  fc.assert(
    fc.property(...sizes, (hosts, count, minimum) => {
      const loads: number[] = Array(hosts).fill(0);
      for (let index = 0; index < count; index++) {
        const members = apertureOf(hosts, { index, count }, minimum);
        const total = members.reduce((sum, { width }) => sum + width, 0);
        for (const { index: host, width } of members) loads[host]! += width / total;
      }
      for (const load of loads) expect(Math.abs(load - count / hosts)).toBeLessThan(1e-6);
    }),
  );
});

test("each proxy uses at least the minimum of hosts, if there are as many", () => {
  fc.assert(
    fc.property(...sizes, (hosts, count, minimum) => {
      const members = apertureOf(hosts, { index: count - 1, count }, minimum);
      expect(members.length).toBeGreaterThanOrEqual(Math.min(hosts, minimum));
      expect(new Set(members.map(({ index }) => index)).size).toBe(members.length);
    }),
  );
});

test("a few of many proxies share few of many hosts", () => {
  const of = (index: number) => apertureOf(100, { index, count: 50 }, 10).map((member) => member.index);
  expect(of(0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(of(49)).toEqual([98, 99, 0, 1, 2, 3, 4, 5, 6, 7]);
});
