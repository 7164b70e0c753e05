import type { Random64 } from "../../random/random64.ts";
import type { CheckIntervals } from "./health-check-options.ts";
import type { HealthTransition } from "./host-health.ts";

export type CheckResult = "Healthy" | "Unhealthy";

/**
 * From the end of a check to the next, in milliseconds (Envoy 1.40, HealthCheckerImplBase::interval in
 * source/extensions/health_checkers/common/health_checker_base_impl.cc). The edge intervals hold while a
 * threshold is being counted up, not after it was reached.
 */
export function nextCheckMs(
  intervals: CheckIntervals,
  clusterHasTraffic: boolean,
  result: CheckResult,
  transition: HealthTransition,
  random: Random64,
): number {
  const isPending = transition === "ChangePending";
  return withJitterMs(
    intervals,
    clusterHasTraffic ? baseMs(intervals, result, isPending) : idleMs(intervals, result, isPending),
    intervals.jitter,
    random,
  );
}

function baseMs(intervals: CheckIntervals, result: CheckResult, isPending: boolean): number {
  if (result === "Unhealthy") return isPending ? intervals.unhealthyEdge : intervals.unhealthy;
  return isPending ? intervals.healthyEdge : intervals.interval;
}

function idleMs(intervals: CheckIntervals, result: CheckResult, isPending: boolean): number {
  return result === "Healthy" && !isPending ? intervals.noTrafficHealthy : intervals.noTraffic;
}

/** Draws for each jitter that there is, the share first; at least 1 ms. */
export function withJitterMs(
  { jitterPercent, least, most }: CheckIntervals,
  base: number,
  jitter: number,
  random: Random64,
): number {
  const share = Math.floor((jitterPercent * base) / 100);
  let delay = base;
  if (share > 0) {
    random.draw();
    delay += random.mod(share);
  }
  if (jitter > 0) {
    random.draw();
    delay += random.mod(jitter);
  }
  return Math.max(1, Math.min(delay, most), least);
}
