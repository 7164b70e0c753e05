import type { Peeking64 } from "../../../random/peeking64.ts";
import type { PrioritySet } from "../../cluster/priority-set.ts";

/** Whether another pick may be looked at: at most as many ahead as there are healthy hosts (Envoy: tooManyPreconnects). */
export function mayPeek(random: Peeking64, { hostSets }: PrioritySet): boolean {
  return random.count < hostSets.reduce((sum, { healthy }) => sum + healthy.length, 0);
}
