import type { Problem } from "../../decode/problem.ts";
import type { Comparison } from "../../experiment/compare/comparison.ts";
import type { FirstDifferences } from "../../experiment/compare/first-difference.ts";
import type { OverTime } from "../../experiment/replicate/over-time.ts";
import type { RunResult } from "../../simulation/result.ts";

/** Everything that an output of `compare` may show. */
export interface ComparisonReport {
  /** Of meshsim. */
  readonly version: string;
  readonly scenario: string;
  readonly seed: string;
  /** How many replications were wanted of each variant; less were made where it was interrupted. */
  readonly replications: number;
  /** The precision that was asked for, as written, where as many replications as allowed did not reach it. */
  readonly missedPrecision?: string;
  readonly isInterrupted: boolean;
  readonly comparison: Comparison;
  /** One for each variant but the first that differs from it; missing after an interrupt. */
  readonly firstDifferences: readonly FirstDifferenceReport[];
  /** Replication 0 of each variant that has one, in their order. */
  readonly results: readonly NamedResult[];
  /** Of each variant, in their order. */
  readonly overTime: readonly NamedOverTime[];
  /** Warnings and notes of the load. */
  readonly notes: readonly Problem[];
  /** The words of the command that gives the same result again. */
  readonly repeat: readonly string[];
}

export interface FirstDifferenceReport {
  readonly of: string;
  readonly from: string;
  /** Of replication 0; neither where every request ends alike and only times differ. */
  readonly first: FirstDifferences;
}

export interface NamedOverTime {
  readonly arm: string;
  /** Of each replication. */
  readonly replications: readonly OverTime[];
}

export interface NamedResult {
  readonly arm: string;
  readonly result: RunResult;
}
