import { expect, test } from "vitest";
import { fromAxis, latencyAxis, onAxis, tickLabels } from "./latency-axis.ts";

test("the axis goes from the step below the least value to the one above the greatest", () => {
  expect(latencyAxis([4.5, null, 218])).toEqual({ ticks: [2, 5, 10, 20, 50, 100, 200, 500], hasZero: false });
  expect(latencyAxis([0.02, 3_000]).ticks).toEqual([0.01, 0.1, 1, 10, 100, 1000, 10_000]);
});

test("what fails at once takes one step at the foot, which is called 0, and not decades", () => {
  const axis = latencyAxis([0, 4.5, 218]);
  expect(axis).toEqual({ ticks: [1, 2, 5, 10, 20, 50, 100, 200, 500], hasZero: true });
  expect(onAxis(0, axis)).toBe(1);
  expect(fromAxis(onAxis(0, axis), axis)).toBe(0);
  expect(fromAxis(onAxis(4.5, axis), axis)).toBe(4.5);
  expect(tickLabels(axis, "~f")).toEqual({ labelExpr: "datum.value <= 1 ? '0' : format(datum.value, '~f')" });
  expect(tickLabels(latencyAxis([4.5]), "~f")).toEqual({});
});

test("there is an axis also where nothing was measured, or everything failed at once", () => {
  expect(latencyAxis([null]).ticks).toEqual([1, 10, 100]);
  expect(latencyAxis([0, 0])).toEqual({ ticks: [1, 10, 100], hasZero: true });
});
