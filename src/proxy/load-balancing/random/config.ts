import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import { Random } from "./random.ts";

const makeRandom: MakeLoadBalancer = (deps) => new Random(deps);

/** Random has no options of its own. */
export const random: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.random",
  typeName: "envoy.extensions.load_balancing_policies.random.v3.Random",
  configure: () => makeRandom,
  legacy: { lbPolicy: "RANDOM", configure: () => makeRandom },
};
