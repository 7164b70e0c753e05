import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";

/** Samples `choiceCount` hosts, each with one draw and possibly the same again; the first of the least active wins. */
export function sampleChoices(hosts: readonly Host[], choiceCount: number, random: Random64): Host {
  random.draw("first choice");
  let candidate = hosts[random.mod(hosts.length)]!;
  for (let choice = 1; choice < choiceCount; choice++) {
    random.draw("further choice");
    const sampled = hosts[random.mod(hosts.length)]!;
    if (sampled.activeRequests < candidate.activeRequests) candidate = sampled;
  }
  return candidate;
}
