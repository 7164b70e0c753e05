import { expect, test } from "vitest";
import { didYouMean, nearest } from "./nearest.ts";

test.each([
  ["timeuot", ["to", "timeout", "time"], "timeout"],
  ["too", ["to", "listener"], "to"],
  ["consecutive_5xxx", ["consecutive_5xx", "consecutive_gateway_failure"], "consecutive_5xx"],
  ["ROUND-ROBIN", ["RANDOM", "round_robin"], "round_robin"],
  ["p98", ["p50", "p90", "p99"], "p90"],
  ["sleep", ["slow", "time", "errors"], undefined],
  ["x", ["a", "b"], undefined],
  ["anything", [], undefined],
])("for %s among %j %s is meant", (word, candidates, meant) => {
  expect(nearest(word, candidates)).toBe(meant);
});

test("a message gets a hint only where something is near", () => {
  expect(didYouMean("egde", ["edge"])).toBe(' (did you mean "edge"?)');
  expect(didYouMean("egde", ["checkout"])).toBe("");
});
