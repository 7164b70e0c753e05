import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import { readLegacyScheduledOptions, readScheduledOptions } from "../shared/scheduled-config.ts";
import type { ScheduledOptions } from "../shared/scheduled-sources.ts";
import { RoundRobin } from "./round-robin.ts";

/** Round robin has only the options of localities and of slow start. */
export const roundRobin: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.round_robin",
  typeName: "envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin",
  about: {
    summary: "the next host in turn, heavier ones more often",
    draws: "1",
    looksAt: ["weights", "health", "zones"],
  },
  configure: (options) => makeRoundRobin(readScheduledOptions(options)),
  legacy: {
    lbPolicy: "ROUND_ROBIN",
    configure: (cluster) =>
      makeRoundRobin(readLegacyScheduledOptions(cluster, cluster.message("round_robin_lb_config"))),
  },
};

function makeRoundRobin(options: ScheduledOptions): MakeLoadBalancer {
  return (deps) => new RoundRobin(deps, options);
}
