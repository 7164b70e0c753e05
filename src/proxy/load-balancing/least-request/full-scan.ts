import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";

/**
 * The least active of all hosts. Among equals each has the same chance: the k-th one met replaces the
 * candidate with chance 1 / k, for one draw.
 */
export function scanAll(hosts: readonly Host[], random: Random64): Host {
  let candidate = hosts[0]!;
  let tied = 1;
  for (let i = 1; i < hosts.length; i++) {
    const host = hosts[i]!;
    if (host.activeRequests > candidate.activeRequests) continue;
    if (host.activeRequests < candidate.activeRequests) {
      candidate = host;
      tied = 1;
      continue;
    }
    random.draw("which of equal hosts");
    if (random.mod(++tied) === 0) candidate = host;
  }
  return candidate;
}
