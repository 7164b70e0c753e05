import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { EjectionType } from "./ejection-type.ts";
import type { HostMonitor } from "./host-monitor.ts";
import type { SuccessRateNumbers } from "./success-rate.ts";

/** A line of Envoy's outlier event log. */
export interface OutlierEvent {
  readonly action: "EJECT" | "UNEJECT";
  readonly type: EjectionType | "DEGRADED";
  readonly at: Nanoseconds;
  /** Ejections of this host so far, this one included. */
  readonly numEjections: number;
  /** False: detected but left in service, because of its `enforcing_` percentage. Always false for UNEJECT. */
  readonly enforced: boolean;
  /** Whole seconds since the opposite action on this host; undefined when there was none. */
  readonly secsSinceLastAction: number | undefined;
  /** Of detections by rate: whole percents, cut off. */
  readonly rates?: EjectionRates;
  /** By how many it changes the number of ejected hosts; not part of Envoy's line. */
  readonly change: -1 | 0 | 1;
}

export interface EjectionRates {
  readonly host: number;
  /** Absent where the failure percentage was judged. */
  readonly clusterAverage?: number;
  readonly ejectionThreshold?: number;
}

export function ejectEvent(
  monitor: HostMonitor,
  type: EjectionType | "DEGRADED",
  enforced: boolean,
  now: Nanoseconds,
  rates: EjectionRates | undefined,
  change: 0 | 1,
): OutlierEvent {
  return {
    action: "EJECT",
    type,
    at: now,
    numEjections: monitor.ejection.count,
    enforced,
    secsSinceLastAction: secondsSince(monitor.ejection.endedAt, now),
    ...(rates !== undefined && { rates }),
    change,
  };
}

/** Envoy leaves type and enforcement of this line at their zero values. */
export function unejectEvent(monitor: HostMonitor, now: Nanoseconds, change: -1 | 0): OutlierEvent {
  return {
    action: "UNEJECT",
    type: "CONSECUTIVE_5XX",
    at: now,
    numEjections: monitor.ejection.count,
    enforced: false,
    secsSinceLastAction: secondsSince(monitor.ejection.startedAt, now),
    change,
  };
}

/** What a line says of success rates. None is negative: whoever lies below the threshold has a rate of at least 0. */
export function ejectionRates(
  type: EjectionType,
  monitor: HostMonitor,
  numbers: SuccessRateNumbers,
): EjectionRates {
  const isLocal = type === "SUCCESS_RATE_LOCAL_ORIGIN" || type === "FAILURE_PERCENTAGE_LOCAL_ORIGIN";
  const host = Math.trunc(monitor.rates[isLocal ? "local" : "external"].published);
  if (type === "FAILURE_PERCENTAGE" || type === "FAILURE_PERCENTAGE_LOCAL_ORIGIN") return { host };
  return {
    host,
    clusterAverage: Math.trunc(numbers.mean),
    ejectionThreshold: Math.trunc(numbers.threshold),
  };
}

function secondsSince(time: Nanoseconds | undefined, now: Nanoseconds): number | undefined {
  return time === undefined ? undefined : Math.floor((now - time) / SECOND);
}
