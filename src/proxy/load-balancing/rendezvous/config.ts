import type { ComparisonPolicy } from "../policy.ts";
import { HashBalancer } from "../shared/hash-balancer.ts";
import { TableCache } from "../shared/table-cache.ts";
import { rendezvousKind } from "./rendezvous-table.ts";

/** Rendezvous hashing in Envoy's frame: its hash policies, priorities and panic. */
export const rendezvous: ComparisonPolicy = {
  name: "rendezvous",
  configure() {
    const cache = new TableCache(rendezvousKind);
    const options = { useHostname: false, balanceFactor: 0, isLocalityWeighted: false, hasher: null };
    return (deps) => new HashBalancer(deps, options, cache);
  },
};
