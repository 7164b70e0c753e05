import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";

/** A timed change of one proxy, resolved to it. */
export interface Change {
  readonly at: Nanoseconds;
  apply(): void;
}

/**
 * Schedules changes. Called after faults and before traffic is scheduled, so that at equal times they come in between, and
 * among them those that stand first in the file.
 */
export function scheduleChanges(simulator: Simulator, changes: readonly Change[]): void {
  for (const change of changes) simulator.at(change.at, apply, change);
}

function apply(change: Change): void {
  change.apply();
}
