import type { LoadBalancingPolicy } from "../policy.ts";

/**
 * Client-side weighted round robin within localities that are chosen by their configured weights; Envoy takes no
 * other policy inside (Envoy 1.40, .../wrr_locality).
 */
export const wrrLocality: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.wrr_locality",
  typeName: "envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality",
  about: {
    summary: "localities by their configured weights, then client-side weighted round robin",
    draws: "1",
    looksAt: ["weights", "health", "zones", "load reports"],
  },
  configure(options, readChild) {
    const makeChild = readChild(options.message("endpoint_picking_policy"));
    return (deps) => makeChild({ ...deps, weighsLocalities: true });
  },
};
