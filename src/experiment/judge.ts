import type { Expectation, MetricName } from "../scenario/expectation.ts";
import type { RunResult } from "../simulation/result.ts";
import { findMetric, type MetricUnit } from "./metric.ts";

/** Whether a result is as expected. */
export interface Verdict {
  readonly expectation: Expectation;
  /** The expectation as written. */
  readonly text: string;
  readonly pass: boolean;
  /** In the metric's own unit, not rounded; null without data. */
  readonly actual: number | null;
  readonly unit: MetricUnit;
  /** Why it failed where the numbers do not say it. */
  readonly reason?: string;
}

/** Holds a result against expectations, in their order; one on a metric without data fails. */
export function judge(result: RunResult, expectations: readonly Expectation[]): Verdict[] {
  return expectations.map((expectation) => {
    const { metric, window, op, limit, text } = expectation;
    const { value, unit } = findMetric(result, metric, window);
    if (value === null) {
      return { expectation, text, pass: false, actual: null, unit, reason: whyNoData(metric) };
    }
    return { expectation, text, pass: holds(value, op, limit), actual: value, unit };
  });
}

function holds(value: number, op: Expectation["op"], limit: number): boolean {
  switch (op) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "==":
      return value === limit;
    case "!=":
      return value !== limit;
  }
}

function whyNoData(metric: MetricName): string {
  return metric.steps.at(-1) === "utilisation" ? "workers are unlimited" : "no requests";
}
