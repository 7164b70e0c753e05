import { expect, it } from "vitest";
import { scripted64 } from "../../test/support/scripted64.ts";
import { Peeking64 } from "./peeking64.ts";

it("gives numbers that were looked at again when they are drawn, and others as they come", () => {
  const random = new Peeking64(scripted64(["11", "12", "13", "14"]), "priority");
  const next = (purpose: string) => {
    random.draw(purpose);
    return random.mod(100);
  };
  expect(random.peek(() => [next("priority"), next("priority")])).toEqual([11, 12]);
  expect(random.count).toBe(2);
  expect([next("priority"), next("zone"), next("priority")]).toEqual([11, 13, 12]);
  expect(random.count).toBe(0);
  random.peek(() => next("priority"));
  random.forget();
  expect(() => next("priority")).toThrow(RangeError);
});
