import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import {
  type LocalityRouting,
  readLegacyLocalityRouting,
  readLocalityRouting,
} from "../shared/locality-routing.ts";
import { Random } from "./random.ts";

/** Random has only the options of localities. */
export const random: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.random",
  typeName: "envoy.extensions.load_balancing_policies.random.v3.Random",
  about: {
    summary: "any host, all equally likely",
    draws: "1",
    looksAt: ["health", "zones"],
  },
  configure: (options) => makeRandom(readLocalityRouting(options)),
  legacy: { lbPolicy: "RANDOM", configure: (cluster) => makeRandom(readLegacyLocalityRouting(cluster)) },
};

function makeRandom(routing: LocalityRouting): MakeLoadBalancer {
  return (deps) => new Random(deps, routing);
}
