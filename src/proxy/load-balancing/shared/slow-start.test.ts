import { expect, test } from "vitest";
import { slowStartFactor } from "./slow-start.ts";

test("slow start rises with the aggression that it is given", () => {
  const options = { windowMs: 1000, minWeightPercent: 0 };
  expect(slowStartFactor(250, options, 1)).toBe(0.25);
  expect(slowStartFactor(250, options, 2)).toBe(0.5);
});
