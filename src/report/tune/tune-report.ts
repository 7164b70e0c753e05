import type { Problem } from "../../decode/problem.ts";
import type { MetricUnit } from "../../experiment/metric.ts";
import type { Grid } from "../../experiment/sweep/grid.ts";
import type { Candidate, Miss } from "../../experiment/tune/candidate.ts";
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
  readonly unitOf: (miss: Miss) => MetricUnit;
  readonly notes: readonly Problem[];
  /** The words of the command that gives the same result again. */
  readonly repeat: readonly string[];
}

export interface CostReport {
  /** As on the command line. */
  readonly name: string;
  /** In words. */
  readonly text: string;
  readonly unit: MetricUnit;
}
