import type { Message } from "../../../decode/message.ts";
import type { HostSet } from "../../cluster/priority-set.ts";

/** Envoy's default of `healthy_panic_threshold`, in percent (cluster.v3.Cluster.CommonLbConfig). */
const HEALTHY_PANIC_THRESHOLD = 50;

/** The cluster's `common_lb_config.healthy_panic_threshold` as Envoy's whole percent, 0 to 100. */
export function readHealthyPanicThreshold(cluster: Message): number {
  const percent = cluster.message("common_lb_config")?.message("healthy_panic_threshold");
  return percent === undefined ? HEALTHY_PANIC_THRESHOLD : wholePercent(percent.number("value", 0));
}

/**
 * Envoy's reduction of a `Percent` to a whole number. The detour by a fraction loses one for 29, 57 and 58
 * (Envoy 1.40, source/common/protobuf/utility.h).
 */
export function wholePercent(value: number): number {
  return Math.trunc(100 * (value / 100.0));
}

/**
 * Whether so few hosts of a priority are usable that all of them become candidates. Counts decide, never
 * weights; a priority without hosts counts as panicking, so that it never hinders panic of all priorities.
 */
export function isBelowPanicThreshold(set: HostSet, healthyPanicThreshold: number): boolean {
  const counted = set.hosts.length - set.excluded.length;
  if (counted === 0) return 0 < healthyPanicThreshold;
  const healthyPercent = (100.0 * set.healthy.length) / counted;
  const degradedPercent = (100.0 * set.degraded.length) / counted;
  return healthyPercent + degradedPercent < healthyPanicThreshold;
}
