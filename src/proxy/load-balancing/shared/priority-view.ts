import type { HostSet } from "../../cluster/priority-set.ts";
import type { PriorityView } from "../balancer-view.ts";
import type { PriorityLoad } from "./priority-load.ts";

/** What a balancer has worked out about each priority. */
export function viewPriorities(hostSets: readonly HostSet[], load: PriorityLoad): PriorityView[] {
  return hostSets.map((set, p) => ({
    priority: p,
    hosts: set.hosts.length,
    healthy: set.healthy.length,
    degraded: set.degraded.length,
    excluded: set.excluded.length,
    overprovisioningFactor: set.overprovisioningFactor,
    healthyAvailability: load.health[p]!,
    degradedAvailability: load.degraded[p]!,
    healthyLoad: load.healthyLoad[p]!,
    degradedLoad: load.degradedLoad[p]!,
    inPanic: load.panic[p]!,
  }));
}

/** A part of the requests by the number drawn from [0, 100) for the priority. */
export interface LoadSpan {
  readonly priority: number;
  readonly of: "healthy" | "degraded";
  readonly from: number;
  readonly to: number;
}

/** The parts in the order in which `pickPriority` goes through them. */
export function spansOf({ healthyLoad, degradedLoad }: PriorityLoad): LoadSpan[] {
  const spans: LoadSpan[] = [];
  let reached = 0;
  const add = (load: readonly number[], of: LoadSpan["of"]) =>
    load.forEach((percent, priority) => {
      if (percent > 0) spans.push({ priority, of, from: reached, to: (reached += percent) });
    });
  add(healthyLoad, "healthy");
  add(degradedLoad, "degraded");
  // As `pickPriority` when nothing is left to go through.
  if (reached < 100) spans.push({ priority: 0, of: "healthy", from: reached, to: 100 });
  return spans;
}
