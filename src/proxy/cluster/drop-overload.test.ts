import { expect, test } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import { scripted64 } from "../../../test/support/scripted64.ts";
import { isDropped, readDropOverload } from "./drop-overload.ts";

const read = (drop_percentage: object) =>
  readDropOverload([messageOf({ category: "c", drop_percentage: drop_percentage as never })]);

test("the share is divided in single precision", () => {
  expect(read({ numerator: 25 })).toBe(0.25);
  expect(read({ numerator: 1, denominator: "MILLION" })).toBe(Math.fround(1e-6));
  expect(readDropOverload([])).toBe(0);
});

test("a share below the smallest difference of a draw still draws", () => {
  const random = scripted64(["0", "18446744073709551615"]);
  expect([isDropped(read({ numerator: 1, denominator: "MILLION" }), random), random.drawn]).toEqual([
    true,
    1,
  ]);
  expect(isDropped(0.9999999, random)).toBe(false);
});
