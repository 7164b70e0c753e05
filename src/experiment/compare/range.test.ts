import { expect, test } from "vitest";
import { expandRange, positionsOf } from "./range.ts";

test.each([
  ["100/s..300/s:100/s", ["100/s", "200/s", "300/s"]],
  ["1..4", ["1", "2", "3", "4"]],
  ["0..1:0.25", ["0", "0.25", "0.5", "0.75", "1"]],
  ["0.1..0.7:0.3", ["0.1", "0.4", "0.7"]],
  ["1s..2s:400ms", ["1s", "1.4s", "1.8s"]],
  ["500ms..1s:250ms", ["500ms", "750ms", "1000ms"]],
  ["100/s..900/s", ["100/s", "300/s", "500/s", "700/s", "900/s"]],
  ["10%..50%:20%", ["10%", "30%", "50%"]],
  ["-1..1", ["-1", "0", "1"]],
  ["5..5", ["5"]],
  ["MAGLEV", ["MAGLEV"]],
  ["10.0.0.1:8080", ["10.0.0.1:8080"]],
])("%s has the values %j", (text, values) => {
  expect(expandRange(text)).toEqual({ ok: true, values });
});

test.each([
  ["9..1", /ends before/],
  ["1..9:0", /leads nowhere/],
  ["1..9:-1", /leads nowhere/],
  ["1s..9/s", /do not go together/],
  ["1..9s", /do not go together/],
  ["a..b", /"a" .* not a number/],
  ["1..2:x", /"x" .* not a number/],
  ["0..1:0.0001", /more than 1000/],
  ["0..50", /needs a step/],
])("%s is refused with a remedy", (text, message) => {
  const expanded = expandRange(text);
  expect(expanded).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  expect(expanded).not.toHaveProperty("remedy", "");
});

test("values stand on an axis where all are numbers of one kind", () => {
  expect(positionsOf(["500ms", "1s"])).toEqual({ unit: "ms", numbers: [500, 1000] });
  expect(positionsOf(["1", "2.5"])).toEqual({ unit: "", numbers: [1, 2.5] });
  expect(positionsOf(["RANDOM", "1"])).toBeUndefined();
  expect(positionsOf(["1s", "1/s"])).toBeUndefined();
});
