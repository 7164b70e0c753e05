import type { Expectation } from "../../scenario/expectation.ts";
import { type ConfidenceInterval, confidenceInterval } from "../../statistics/confidence-interval.ts";
import type { Replicate } from "../replicate/study.ts";

/** A point of the grid, as far as it has been tried. */
export interface Candidate {
  /** Position among the points. */
  readonly point: number;
  /** Replications of every scenario that were made. */
  readonly n: number;
  /** Mean over scenarios, by replication. */
  readonly cost: ConfidenceInterval;
  /** Empty: all expectations of all scenarios hold in all replications made. */
  readonly misses: readonly Miss[];
  /** By scenario, by expectation: of the replications made the value nearest to failing, or furthest off; null: no data. */
  readonly worst: readonly (readonly (number | null)[])[];
}

/** An expectation that fails in a replication at least. */
export interface Miss {
  /** Position among the scenarios. */
  readonly scenario: number;
  readonly expectation: Expectation;
  readonly held: number;
  readonly n: number;
  /** The value furthest from the limit; null: no data. */
  readonly worst: number | null;
  /** How far off that is, as a share of the limit (of 1 where the limit is 0); 1 without data. */
  readonly by: number;
}

/** What was expected of each scenario, in the order of files and of the file. */
export type Expected = readonly (readonly Expectation[])[];

/**
 * Judges one point by the replications below `n`. `replicates` has those of each scenario, by replication; where one
 * is missing (after an interrupt) only those before it count.
 */
export function candidateOf(
  point: number,
  replicates: readonly (readonly (Replicate | undefined)[])[],
  expected: Expected,
  n: number,
): Candidate {
  const made = Math.min(n, ...replicates.map((own) => countUntilGap(own)));
  const misses = expected.flatMap((expectations, scenario) =>
    expectations.flatMap((expectation, index) => {
      const verdicts = replicates[scenario]!.slice(0, made).map((each) => each!.verdicts[index]!);
      const failed = verdicts.filter(({ pass }) => !pass).map(({ actual }) => actual);
      if (failed.length === 0) return [];
      const worst = failed.reduce((far, actual) =>
        distance(actual, expectation) > distance(far, expectation) ? actual : far,
      );
      const held = verdicts.length - failed.length;
      return [{ scenario, expectation, held, n: made, worst, by: distance(worst, expectation) }];
    }),
  );
  const worst = expected.map((expectations, scenario) =>
    expectations.map((expectation, index) =>
      worstOf(
        replicates[scenario]!.slice(0, made).map((each) => each!.verdicts[index]!.actual),
        expectation,
      ),
    ),
  );
  return { point, n: made, cost: confidenceInterval(costs(replicates, made)), misses, worst };
}

function worstOf(actuals: readonly (number | null)[], expectation: Expectation): number | null {
  const known = actuals.filter((actual) => actual !== null);
  if (known.length < actuals.length || known.length === 0) return null;
  switch (expectation.op) {
    case "<":
    case "<=":
      return Math.max(...known);
    case ">":
    case ">=":
      return Math.min(...known);
    default:
      return known.reduce((far, actual) =>
        distance(actual, expectation) > distance(far, expectation) ? actual : far,
      );
  }
}

function countUntilGap(own: readonly (Replicate | undefined)[]): number {
  const gap = own.indexOf(undefined);
  return gap < 0 ? own.length : gap;
}

function distance(actual: number | null, { limit }: Expectation): number {
  if (actual === null) return 1;
  return Math.abs(actual - limit) / (limit === 0 ? 1 : Math.abs(limit));
}

/** Scenarios weigh the same. Those without a value, such as one without zones, do not count. */
function costs(replicates: readonly (readonly (Replicate | undefined)[])[], made: number): number[] {
  return Array.from({ length: made }, (_, replication) => {
    const own = replicates.flatMap(
      (each) => each[replication]!.values[0] ?? each[replication]!.measured?.cost ?? [],
    );
    return own.length === 0 ? 0 : own.reduce((sum, cost) => sum + cost, 0) / own.length;
  });
}

/** Better first: fewer misses, then missing by less in all, then cheaper, then earlier in the grid. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    a.misses.length - b.misses.length ||
    totalMiss(a) - totalMiss(b) ||
    a.cost.mean - b.cost.mean ||
    a.point - b.point
  );
}

function totalMiss({ misses }: Candidate): number {
  return misses.reduce((sum, { by }) => sum + by, 0);
}
