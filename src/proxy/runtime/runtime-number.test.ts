import { expect, test } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import { readRuntimeDouble, runtimeInteger, runtimeNumber } from "./runtime-number.ts";

test("a runtime value replaces the default of its key", () => {
  const bias = readRuntimeDouble(messageOf({ default_value: 0.5, runtime_key: "lb.bias" }));
  expect(runtimeNumber(new Map(), bias)).toBe(0.5);
  expect(runtimeNumber(new Map([["lb.bias", 2]]), bias)).toBe(2);
  expect(runtimeNumber(new Map([["lb.bias", "much"]]), bias)).toBe(0.5);
});

test("whole numbers are wanted where Envoy wants them", () => {
  const runtime = new Map([
    ["share", 0.5],
    ["size", 3],
  ]);
  expect(runtimeInteger(runtime, "share", 7)).toBe(7);
  expect(runtimeInteger(runtime, "size", 7)).toBe(3);
});
