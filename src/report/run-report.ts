import type { Problem } from "../decode/problem.ts";
import type { Verdict } from "../experiment/judge.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Window } from "../scenario/expectation.ts";
import type { RunResult } from "../simulation/result.ts";

/** Everything that an output of `run` may show: what was found, what was expected, how to repeat it. */
export interface RunReport {
  /** Of meshsim. */
  readonly version: string;
  readonly result: RunResult;
  /** Where an interrupt broke it off: the duration that it should have had. The result is up to there. */
  readonly planned?: Nanoseconds;
  readonly verdicts: readonly Verdict[];
  /** Warnings and notes of the load, such as configuration that is not modelled. */
  readonly notes: readonly Problem[];
  /** Windows that `--windows` asked for, in its order. */
  readonly windows: readonly NamedWindow[];
  /** The words of the command that gives the same result again, quoted for a shell where needed. */
  readonly repeat: readonly string[];
}

/** A window of time with the text that asked for it. */
export interface NamedWindow {
  readonly fromText: string;
  readonly toText: string;
  readonly window: Window;
}
