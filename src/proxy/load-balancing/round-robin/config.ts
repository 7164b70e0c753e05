import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import { RoundRobin } from "./round-robin.ts";

const makeRoundRobin: MakeLoadBalancer = (deps) => new RoundRobin(deps);

/** Round robin has no options of its own. */
export const roundRobin: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.round_robin",
  typeName: "envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin",
  configure: () => makeRoundRobin,
  legacy: { lbPolicy: "ROUND_ROBIN", configure: () => makeRoundRobin },
};
