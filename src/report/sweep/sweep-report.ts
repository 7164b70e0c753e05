import type { Problem } from "../../decode/problem.ts";
import type { Comparison } from "../../experiment/compare/comparison.ts";
import type { Grid } from "../../experiment/sweep/grid.ts";
import type { RecoveryRule } from "../../experiment/sweep/recovery.ts";
import type { MapCell } from "../../experiment/sweep/stability-map.ts";
import type { Nanoseconds } from "../../kernel/time.ts";

/** Everything that an output of `sweep` may show. */
export interface SweepReport {
  /** Of meshsim. */
  readonly version: string;
  readonly scenario: string;
  /** The variant of the file that was swept; undefined: the base. */
  readonly variant: string | undefined;
  readonly seed: string;
  /** Wanted at each point; less were made where it was interrupted. */
  readonly replications: number;
  readonly isInterrupted: boolean;
  readonly grid: Grid;
  /** Its arms are the points, in their order; its differences mean nothing here. */
  readonly comparison: Comparison;
  /** Where a map was asked for. */
  readonly map: MapReport | undefined;
  readonly notes: readonly Problem[];
  /** The words of the command that gives the same result again. */
  readonly repeat: readonly string[];
}

export interface MapReport {
  readonly rule: RecoveryRule;
  /** What takes longer is late. */
  readonly lateAfter: Nanoseconds;
  /** In the order of the points. */
  readonly cells: readonly MapCell[];
}

/** `retry-storm, variant limits-lifted`. */
export function titleOf({ scenario, variant }: SweepReport): string {
  return variant === undefined ? scenario : `${scenario}, variant ${variant}`;
}

export function countReplications(n: number): string {
  return n === 1 ? "1 replication" : `${n} replications`;
}
