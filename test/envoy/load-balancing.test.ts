import { describe, expect, test } from "vitest";
import { runVectors } from "../support/envoy-vectors.ts";
import { basics } from "./load-balancing/basics.ts";
import { hashing } from "./load-balancing/hashing.ts";
import { localities } from "./load-balancing/localities.ts";
import { subsetsAndReports } from "./load-balancing/subsets-and-reports.ts";
import vectors from "./vectors/load-balancing.json" with { type: "json" };

const answers = { ...basics, ...hashing, ...localities, ...subsetsAndReports };

/** Powers may differ from Envoy's in their last bit. */
const RELATIVE_TOLERANCE = 1e-12;
const NEARLY = ["lr_weight", "slow_start_factor", "locality_weight", "bounded_factor"];

/** Envoy's contrib build alone has this policy; the standard one refuses it, and so does meshsim. */
const CONTRIB = ["peak_ewma_cost", "peak_ewma_candidates"];

const runners = Object.fromEntries(
  Object.entries(answers).map(([kind, answer]) => [
    kind,
    (input: unknown, expected: unknown) => {
      const actual = answer(input);
      if (kind === "slow_start_share") expectShare(actual as number, expected as ExpectedShare);
      else if (NEARLY.includes(kind)) expectNearly(actual, expected);
      else if (isRecord(expected)) expect(actual).toMatchObject(expected);
      else expect(actual).toEqual(expected);
    },
  ]),
);

describe("load balancing as Envoy 1.40 does it", () => {
  runVectors(
    vectors.map(({ kind, input, ...vector }) => ({ ...vector, input: { ...input, kind } })),
    runners,
    ({ kind }) => (CONTRIB.includes(kind) ? "not in Envoy's standard build" : undefined),
  );

  test("every kind that has a runner has vectors", () => {
    const kinds = new Set(vectors.map(({ kind }) => kind));
    expect([...Object.keys(runners), ...CONTRIB].sort()).toEqual([...kinds].sort());
  });
});

interface ExpectedShare {
  readonly expected: number;
  readonly tolerance: number;
}

function expectShare(actual: number, { expected, tolerance }: ExpectedShare): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same shape, and numbers that agree but for rounding. */
function expectNearly(actual: unknown, expected: unknown): void {
  if (typeof expected === "number" && expected !== 0)
    expect(Math.abs((actual as number) / expected - 1)).toBeLessThanOrEqual(RELATIVE_TOLERANCE);
  else if (typeof expected === "object" && expected !== null)
    for (const [key, value] of Object.entries(expected))
      expectNearly((actual as Record<string, unknown>)[key], value);
  else expect(actual).toEqual(expected);
}
