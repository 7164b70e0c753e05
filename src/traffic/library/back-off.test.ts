import { expect, test } from "vitest";
import { type BackOffSettings, makeBackOff } from "./back-off.ts";

const settings: BackOffSettings = { base: 100, max: 1000, factor: 2, jitter: "none" };

function waits(
  given: Partial<BackOffSettings>,
  drawBelow = (bound: number) => bound - 1,
  count = 6,
): number[] {
  const backOff = makeBackOff({ ...settings, ...given }, drawBelow);
  return Array.from({ length: count }, () => backOff.next());
}

test("waits double up to the maximum and stay there", () => {
  expect(waits({})).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test("a factor of 1 keeps the wait constant", () => {
  expect(waits({ factor: 1 })).toEqual([100, 100, 100, 100, 100, 100]);
});

test("full jitter draws below the bound, which does not depend on what was drawn", () => {
  const bounds: number[] = [];
  const low = (bound: number) => {
    bounds.push(bound);
    return 0;
  };
  expect(waits({ jitter: "full" }, low)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(bounds).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test("a base of 0 retries at once and draws nothing", () => {
  const never = () => {
    throw new Error("drawn");
  };
  expect(waits({ base: 0, jitter: "full" }, never)).toEqual([0, 0, 0, 0, 0, 0]);
});

test("equal jitter begins with the base exactly and adds less than a half", () => {
  expect(waits({ jitter: "equal" }, () => 0)).toEqual([100, 100, 200, 400, 800, 1000]);
  expect(waits({ jitter: "equal" })).toEqual([100, 199, 399, 799, 1000, 1000]);
});
