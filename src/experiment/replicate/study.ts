import type { Nanoseconds } from "../../kernel/time.ts";
import type { MetricName, Window } from "../../scenario/expectation.ts";
import type { RunResult } from "../../simulation/result.ts";
import type { FirstDifferences, StoryPair } from "../compare/first-difference.ts";
import type { LoadOptions } from "../load-scenario.ts";
import type { MetricUnit } from "../metric.ts";
import type { ClientFates } from "./fates.ts";
import type { Measure, Measured } from "./measure.ts";
import type { OutcomeMarks } from "./outcome-marks.ts";
import type { FileTexts } from "./recorded-files.ts";

/**
 * What is to be run many times: plain data, the same for every thread. Arms are told apart by their position;
 * the order of arms, and then of replications, is the order of results.
 */
export interface Study {
  readonly files: FileTexts;
  readonly loads: readonly ScenarioSource[];
  readonly arms: readonly Arm[];
}

/** A scenario that loads without errors from `Study.files`. */
export interface ScenarioSource {
  readonly path: string;
  readonly options: LoadOptions;
}

/** One variant of one scenario, and what is wanted of each of its runs. */
export interface Arm {
  /** As shown. */
  readonly name: string;
  /** Position in `Study.loads`. */
  readonly load: number;
  /** Null: the base. */
  readonly variant: string | null;
  readonly metrics: readonly StudiedMetric[];
  readonly measure?: Measure;
}

/** A metric that the scenario has, of the whole run or of a window. */
export interface StudiedMetric {
  /** As written, such as `web.p99` or `web.p99 from 40s to 60s`. */
  readonly text: string;
  readonly metric: MetricName;
  readonly window?: Window;
}

/** One run. */
export interface Job {
  /** Position in `Study.arms`. */
  readonly arm: number;
  /** From 0; see replication-seed.ts. */
  readonly replication: number;
  /** Whether the whole result is wanted too, always or where an expectation fails: it is large. */
  readonly full?: boolean | "if-failed";
  /** Whether the fate of each request is wanted. */
  readonly fates?: boolean;
  /** Whether marks are wanted of what became of requests. */
  readonly marks?: boolean;
  /** What is looked for, beside the run of another arm; then nothing is measured. */
  readonly search?: Search;
}

/** The first request that differs from that of another arm. */
export interface Search {
  /** Position in `Study.arms`. */
  readonly from: number;
  readonly what: keyof FirstDifferences;
  /** Requests that were wanted before are alike. */
  readonly since: Nanoseconds;
}

/** What is kept of one run. */
export interface Replicate {
  readonly arm: number;
  readonly replication: number;
  readonly seed: string;
  readonly digest: string;
  readonly events: number;
  /** In the order of the arm's metrics, not rounded; null: no data. */
  readonly values: readonly (number | null)[];
  /** In the order of the variant's expectations. */
  readonly verdicts: readonly ReplicateVerdict[];
  /** Where the arm wants something measured. */
  readonly measured?: Measured;
  readonly result?: RunResult;
  readonly fates?: readonly ClientFates[];
  readonly marks?: OutcomeMarks;
  /** Where one was looked for and found. */
  readonly difference?: StoryPair;
}

export interface ReplicateVerdict {
  readonly text: string;
  readonly pass: boolean;
  readonly actual: number | null;
  readonly unit: MetricUnit;
}

/** Each arm's replications [from, to), replications first, so that what an interrupt leaves can be compared. */
export function jobsOf(study: Study, from: number, to: number, isFull?: (job: Job) => boolean): Job[] {
  const jobs: Job[] = [];
  for (let replication = from; replication < to; replication++) {
    for (let arm = 0; arm < study.arms.length; arm++) {
      const job = { arm, replication };
      jobs.push(isFull?.(job) === true ? { ...job, full: true } : job);
    }
  }
  return jobs;
}
