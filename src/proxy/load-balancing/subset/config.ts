import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import { SubsetBalancer } from "./subset-balancer.ts";
import { readSubsetOptions, type SubsetOptions } from "./subset-options.ts";

/** The old configuration puts it around the `lb_policy`, by `lb_subset_config`: see ../resolve.ts. */
export const subset: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.subset",
  typeName: "envoy.extensions.load_balancing_policies.subset.v3.Subset",
  about: {
    summary: "only hosts with the metadata that the route asks for, then another policy",
    draws: "those of the inner policy",
    looksAt: ["health", "metadata"],
    legacyField: "lb_subset_config",
  },
  configure(options, readChild) {
    return makeSubset(readSubsetOptions(options), readChild(options.message("subset_lb_policy")));
  },
};

export function makeSubset(options: SubsetOptions, makeChild: MakeLoadBalancer): MakeLoadBalancer {
  return (deps) => new SubsetBalancer(deps, options, makeChild);
}
