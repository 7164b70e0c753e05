import type { Nanoseconds } from "../../kernel/time.ts";
import type { Replicate } from "../replicate/study.ts";

/**
 * What becomes of a world after a fault. recovers: within the time that is not late; late: after it; never: not
 * before the end of the run; failing: less than half of the requests succeeded even before the fault; unknown: no
 * request before it, or no run.
 */
export type Fate = "recovers" | "late" | "never" | "failing" | "unknown";

/** One point of the grid over its replications. */
export interface MapCell {
  readonly fate: Fate;
  /** Middle time of recovery, the later one of two; Infinity: never, undefined: no data. */
  readonly time: Nanoseconds | undefined;
  /** Replications with a level before the fault. */
  readonly n: number;
  /** How many of them did not recover. */
  readonly never: number;
  /** Mean share of successes before the fault; undefined without data. */
  readonly before: number | undefined;
}

/** Below it a world is not well to begin with, so coming back to it is no recovery. */
const LEAST_BEFORE = 0.5;

export function cellOf(replicates: readonly Replicate[], lateAfter: Nanoseconds): MapCell {
  const recoveries = replicates.flatMap(({ measured }) => measured?.recovery ?? []);
  const n = recoveries.length;
  if (n === 0) return { fate: "unknown", time: undefined, n, never: 0, before: undefined };
  const times = recoveries.map(({ time }) => time).sort((a, b) => a - b);
  const time = times[Math.trunc(n / 2)]!;
  const before = recoveries.reduce((sum, recovery) => sum + recovery.before, 0) / n;
  const never = times.filter((each) => each === Number.POSITIVE_INFINITY).length;
  return { fate: fateOf(time, before, lateAfter), time, n, never, before };
}

function fateOf(time: Nanoseconds, before: number, lateAfter: Nanoseconds): Fate {
  if (before < LEAST_BEFORE) return "failing";
  if (time === Number.POSITIVE_INFINITY) return "never";
  return time > lateAfter ? "late" : "recovers";
}
