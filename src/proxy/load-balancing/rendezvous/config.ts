import type { ComparisonPolicy } from "../policy.ts";
import { HashBalancer } from "../shared/hash-balancer.ts";
import { TableCache } from "../shared/table-cache.ts";
import { rendezvousKind } from "./rendezvous-table.ts";

/** Rendezvous hashing in Envoy's frame: its hash policies, priorities and panic. */
export const rendezvous: ComparisonPolicy = {
  name: "rendezvous",
  about: {
    summary: "the host with the highest score for the request's hash",
    draws: "none with a hash, else 1",
    looksAt: ["weights", "health", "request hash"],
  },
  configure() {
    const cache = new TableCache(rendezvousKind);
    const options = { useHostname: false, balanceFactor: 0, isLocalityWeighted: false, hasher: null };
    return (deps) => new HashBalancer(deps, options, cache);
  },
};
