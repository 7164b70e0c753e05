import { expect, test } from "vitest";
import type { Comparison, Difference } from "../../experiment/compare/comparison.ts";
import { closingSentences } from "./closing.ts";

type Verdict = Difference["verdict"];

/** A variant beside its base, with one metric after another of these verdicts. */
function comparisonOf(verdicts: readonly Verdict[], isSame = false): Comparison {
  const arm = { n: 2, events: 1, expectations: [] };
  const interval = { mean: 10, lo: 9, hi: 11, n: 2 };
  return {
    arms: [
      { ...arm, name: "base", isSame: false },
      { ...arm, name: "other", isSame },
    ],
    metrics: verdicts.map((verdict, index) => ({
      text: `web.m${index}`,
      unit: "number",
      arms: [],
      differences: [{ of: "other", from: "base", interval, ratio: undefined, verdict }],
    })),
  };
}

test.each<[readonly Verdict[], string]>([
  [["shown", "none"], "other: web.m0 10.0 ± 1.0 higher than base."],
  [["none", "unknown"], "other: no difference from base shown."],
  [["same"], "other: no difference from base shown."],
  [["groups", "unknown"], "other: replications have two outcomes, see above."],
  [["unknown", "unknown"], "other: too little data for a difference from base."],
])("of metrics that are %j it says so", (verdicts, sentence) => {
  expect(closingSentences(comparisonOf(verdicts))).toEqual([sentence]);
});

test("runs that are the same are called that", () => {
  expect(closingSentences(comparisonOf(["same"], true))).toEqual(["other: exactly what base does."]);
});
