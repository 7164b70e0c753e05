import type { Problem } from "../../decode/problem.ts";
import type { MetricUnit } from "../../experiment/metric.ts";
import type { Grid } from "../../experiment/sweep/grid.ts";
import type { Candidate, Expected, Miss } from "../../experiment/tune/candidate.ts";
import type { SearchName } from "../../experiment/tune/search.ts";

/** Everything that an output of `tune` may show. */
export interface TuneReport {
  /** Of meshsim. */
  readonly version: string;
  /** Names, in the order of the files. */
  readonly scenarios: readonly string[];
  readonly variant: string | undefined;
  /** Of each scenario. */
  readonly seeds: readonly string[];
  readonly cost: CostReport;
  readonly search: SearchName;
  readonly replications: number;
  readonly runs: number;
  readonly isInterrupted: boolean;
  readonly grid: Grid;
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** The cheapest one that satisfies all expectations in all replications; undefined where none does. */
  readonly best: Candidate | undefined;
  /** What each scenario has to satisfy. */
  readonly expected: Expected;
  readonly unitOf: (expected: Pick<Miss, "scenario" | "expectation">) => MetricUnit;
  readonly notes: readonly Problem[];
  /** The words of the command that gives the same result again. */
  readonly repeat: readonly string[];
}

/** Whether a point satisfies all expectations in all replications that were wanted. */
export function satisfies({ misses, n }: Candidate, { replications }: TuneReport): boolean {
  return misses.length === 0 && n === replications;
}

/** The settings of a point, such as `lb_policy=MAGLEV, workers=4`. */
export function nameOf({ grid }: TuneReport, point: number): string {
  return grid.points[point]!.name;
}

export interface CostReport {
  /** As on the command line. */
  readonly name: string;
  /** In words. */
  readonly text: string;
  readonly unit: MetricUnit;
}
