import type { Simulator } from "../kernel/simulator.ts";
import type { Fault, FaultPart } from "./fault.ts";

/**
 * Schedules the beginning and end of every fault. Called before traffic is scheduled, so that at equal times
 * faults come first, and among them those that stand first in the file.
 */
export function scheduleFaults(simulator: Simulator, faults: readonly Fault[]): void {
  for (const { at, until, parts } of faults) {
    for (const part of parts) {
      simulator.at(at, begin, part);
      if (until < Number.POSITIVE_INFINITY) simulator.at(until, end, part);
    }
  }
}

function begin(part: FaultPart): void {
  part.begin();
}

function end(part: FaultPart): void {
  part.end();
}
