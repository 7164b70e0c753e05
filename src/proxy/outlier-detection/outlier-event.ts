import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { EjectionType } from "./ejection-type.ts";
import type { HostMonitor } from "./host-monitor.ts";

/** A line of Envoy's outlier event log. */
export interface OutlierEvent {
  readonly action: "EJECT" | "UNEJECT";
  readonly type: EjectionType;
  readonly at: Nanoseconds;
  /** Ejections of this host so far, this one included. */
  readonly numEjections: number;
  /** False: detected but left in service, because of its `enforcing_` percentage. Always false for UNEJECT. */
  readonly enforced: boolean;
  /** Whole seconds since the opposite action on this host; undefined when there was none. */
  readonly secsSinceLastAction: number | undefined;
}

export function ejectEvent(
  monitor: HostMonitor,
  type: EjectionType,
  enforced: boolean,
  now: Nanoseconds,
): OutlierEvent {
  return {
    action: "EJECT",
    type,
    at: now,
    numEjections: monitor.ejections,
    enforced,
    secsSinceLastAction: secondsSince(monitor.lastUnejection, now),
  };
}

/** Envoy leaves type and enforcement of this line at their zero values. */
export function unejectEvent(monitor: HostMonitor, now: Nanoseconds): OutlierEvent {
  return {
    action: "UNEJECT",
    type: "CONSECUTIVE_5XX",
    at: now,
    numEjections: monitor.ejections,
    enforced: false,
    secsSinceLastAction: secondsSince(monitor.lastEjection, now),
  };
}

function secondsSince(time: Nanoseconds | undefined, now: Nanoseconds): number | undefined {
  return time === undefined ? undefined : Math.floor((now - time) / SECOND);
}
