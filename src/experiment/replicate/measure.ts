import type { WorldPlan } from "../../simulation/plan.ts";
import type { RunResult } from "../../simulation/result.ts";
import { findRecovery, type Recovery, type RecoveryRule } from "../sweep/recovery.ts";
import { attemptsPerRequest, type CostName, ejectedHostSeconds, ZoneCrossings } from "../tune/cost.ts";
import { findOverTime, type OverTime } from "./over-time.ts";

/** What is wanted of a run beside metrics: plain data. */
export type Measure =
  | { readonly recovery: RecoveryRule }
  | { readonly cost: CostName }
  /** How clients fare over time, in at most so many parts. */
  | { readonly overTime: number };

export interface Measured {
  /** Undefined where there is no level before the fault. */
  readonly recovery?: Recovery;
  /** Null where it has no value, such as attempts of no requests. */
  readonly cost?: number | null;
  readonly overTime?: OverTime;
}

/** What has to listen while the run goes on; undefined: nothing. */
export function listenerFor(measure: Measure | undefined, plan: WorldPlan): ZoneCrossings | undefined {
  if (measure === undefined || !("cost" in measure) || measure.cost !== "cross_zone") return undefined;
  return new ZoneCrossings(plan);
}

export function measureRun(result: RunResult, measure: Measure, listener?: ZoneCrossings): Measured {
  if ("recovery" in measure) {
    const recovery = findRecovery(result, measure.recovery);
    return recovery === undefined ? {} : { recovery };
  }
  if ("overTime" in measure) return { overTime: findOverTime(result, measure.overTime) };
  switch (measure.cost) {
    case "attempts":
      return { cost: attemptsPerRequest(result) };
    case "ejected":
      return { cost: ejectedHostSeconds(result) };
    case "cross_zone":
      return { cost: listener?.share ?? null };
  }
}
