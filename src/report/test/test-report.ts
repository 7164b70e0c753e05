import type { MetricUnit } from "../../experiment/metric.ts";
import type { FigureDifference } from "../golden/differences.ts";

/** What `meshsim test` found: plain data, the same for every reporter and after merging. */
export interface TestReport {
  /** Of meshsim. */
  readonly version: string;
  /** Of how many the suite consists, whatever the shard. */
  readonly total: number;
  /** Undefined: all of it. */
  readonly shard: Shard | undefined;
  /** With how many seeds each was run. */
  readonly seeds: number;
  readonly isInterrupted: boolean;
  /** In the order of the suite. */
  readonly cases: readonly TestCase[];
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** One scenario, or one of its variants. */
export interface TestCase {
  /** Place in the suite, from 0. */
  readonly index: number;
  /** The path of the scenario. */
  readonly file: string;
  readonly scenario: string;
  /** Null: the base. */
  readonly variant: string | null;
  /** `unjudged`: it was run, with nothing to hold it against. */
  readonly state: "passed" | "failed" | "unjudged" | "not-run";
  readonly seed: string;
  /** Of the run with that seed; null where there was none. */
  readonly digest: string | null;
  readonly expectations: readonly TestedExpectation[];
  readonly golden: TestedGolden;
  /** The command that shows more of it. */
  readonly look: string;
}

export interface TestedExpectation {
  readonly text: string;
  readonly line: number;
  readonly pass: boolean;
  /** Of the first run in which it failed, otherwise of the first run; six significant digits. */
  readonly actual: number | null;
  readonly unit: MetricUnit;
  /** Runs in which it held, of `n`. */
  readonly held: number;
  readonly n: number;
  /** The seed of the first run in which it failed, and why it did; null where it held in all. */
  readonly failure: { readonly seed: string; readonly why: string } | null;
}

export interface TestedGolden {
  /** `absent`: no file; `unchecked`: other seeds than its own were asked for, or it was not run. */
  readonly state: "same" | "differs" | "written" | "absent" | "unchecked";
  readonly file: string;
  /** What differs, for people. */
  readonly lines: readonly string[];
  readonly figures: readonly FigureDifference[];
}

/** `slow-hosts, variant round-robin`. */
export function caseName({ scenario, variant }: Pick<TestCase, "scenario" | "variant">): string {
  return variant === null ? scenario : `${scenario}, variant ${variant}`;
}

/** Something that makes a case fail, with the line to look at. */
export interface Failure {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly lines: readonly string[];
}

/** Scenarios of whose runs some were not judged, so that nobody takes them for tested. */
export interface Unjudged {
  readonly file: string;
  /** Such as `nothing is judged of variant heavy: ...`. */
  readonly text: string;
}

export function unjudgedOf({ cases }: TestReport): Unjudged[] {
  const files = [...new Set(cases.map(({ file }) => file))];
  return files.flatMap((file) => {
    const own = cases.filter((each) => each.file === file);
    const unjudged = own.filter(({ state }) => state === "unjudged");
    if (unjudged.length === 0) return [];
    const what = unjudged.length === own.length ? "it" : unjudged.map(partName).join(", ");
    const text = `nothing is judged of ${what}: no \`expect\`, and no golden summary is checked (--update writes it)`;
    return [{ file, text }];
  });
}

function partName({ variant }: TestCase): string {
  return variant === null ? "the base" : `variant ${variant}`;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly unjudged: number;
  readonly notRun: number;
  readonly expectations: number;
  readonly failedExpectations: number;
  readonly goldens: number;
  readonly differingGoldens: number;
}

export function tallyOf({ cases }: TestReport): Tally {
  const inState = (state: TestCase["state"]) => cases.filter((each) => each.state === state).length;
  const expectations = cases.filter(({ state }) => state !== "not-run").flatMap((each) => each.expectations);
  const golden = cases.map((each) => each.golden.state);
  return {
    passed: inState("passed"),
    failed: inState("failed"),
    unjudged: inState("unjudged"),
    notRun: inState("not-run"),
    expectations: expectations.length,
    failedExpectations: expectations.filter(({ pass }) => !pass).length,
    goldens: golden.filter((state) => ["same", "differs", "written"].includes(state)).length,
    differingGoldens: golden.filter((state) => state === "differs").length,
  };
}
