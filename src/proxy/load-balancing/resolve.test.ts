import { describe, expect, test } from "vitest";
import { childPolicy } from "../../../test/support/balancer.ts";
import { messageOf } from "../../../test/support/message.ts";
import { type JsonObject, Message, ReadLog } from "../../decode/message.ts";
import type { LoadBalancingPolicy } from "./policy.ts";
import { loadBalancingPolicies } from "./registry.ts";
import { resolveLoadBalancing } from "./resolve.ts";

/** What policies around others need; for the rest it is an unknown field, which nobody reads. */
const INSIDE = childPolicy("client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin");
const CHILDREN = { subset_lb_policy: INSIDE, endpoint_picking_policy: INSIDE, fallback_policy: INSIDE };

function typed(...types: string[]): JsonObject {
  const policies = types.flatMap((type) => childPolicy(type, CHILDREN).policies as JsonObject[]);
  return { load_balancing_policy: { policies } };
}

function shortType({ typeName }: LoadBalancingPolicy): string {
  return typeName.replace("envoy.extensions.load_balancing_policies.", "");
}

function resolved(cluster: JsonObject) {
  const choice = resolveLoadBalancing(messageOf(cluster, "clusters[0]"));
  return choice.kind === "rejected" ? choice.reason : `${choice.kind}: ${choice.policy}`;
}

describe("a cluster's load-balancing policy", () => {
  test("is round robin by default", () => {
    expect(resolved({})).toBe("modelled: envoy.load_balancing_policies.round_robin");
  });

  test.each(loadBalancingPolicies)("$name is found by its type", (policy) => {
    expect(resolved(typed(shortType(policy)))).toBe(`modelled: ${policy.name}`);
  });

  const old = loadBalancingPolicies.filter(({ legacy }) => legacy !== undefined);
  test.each(old)("$name is found by lb_policy", (policy) => {
    expect(resolved({ lb_policy: policy.legacy!.lbPolicy })).toBe(`modelled: ${policy.name}`);
  });

  test("is the first that Envoy knows, also when meshsim does not model it", () => {
    const known = typed("peak_ewma.v3.PeakEwma", "dynamic_modules.v3.DynamicModulesLoadBalancerConfig");
    expect(resolved(known)).toBe("not modelled: envoy.load_balancing_policies.dynamic_modules");
    expect(resolved(typed("peak_ewma.v3.PeakEwma", "random.v3.Random"))).toMatch(/^modelled: .*random/);
  });

  test("is rejected when Envoy knows none of them", () => {
    expect(resolved(typed("peak_ewma.v3.PeakEwma"))).toMatch(/no load balancing policy of this Envoy/);
  });

  test("is what a policy inside of it is, when that cannot be used", () => {
    const inside = (type: string) => {
      const options = { subset_lb_policy: childPolicy(type), subset_selectors: [{ keys: ["v"] }] };
      return resolved({ load_balancing_policy: childPolicy("subset.v3.Subset", options) });
    };
    expect(inside("peak_ewma.v3.PeakEwma")).toMatch(/no load balancing policy of this Envoy/);
    expect(inside("dynamic_modules.v3.X")).toBe(
      "not modelled: envoy.load_balancing_policies.dynamic_modules",
    );
    expect(inside("maglev.v3.Maglev")).toBe("modelled: envoy.load_balancing_policies.subset");
  });

  test("lb_subset_config puts subsets around lb_policy, but not around what the cluster provides", () => {
    const lb_subset_config = { subset_selectors: [{ keys: ["v"] }] };
    const withSubsets = (lb_policy: string) => resolved({ lb_subset_config, lb_policy });
    expect(withSubsets("RING_HASH")).toBe("modelled: envoy.load_balancing_policies.subset");
    expect(withSubsets("CLUSTER_PROVIDED")).toContain("cannot be combined with lb_subset_config");
  });

  test("subsets without selectors are not used", () => {
    expect(resolved({ lb_subset_config: {}, lb_policy: "RANDOM" })).toMatch(/^modelled: .*random/);
  });

  test.each([
    [{ lb_subset_config: {} }, "lb_subset_config"],
    [{ common_lb_config: { zone_aware_lb_config: {} } }, "zone_aware_lb_config"],
  ])("a typed policy beside %j is rejected", (more, field) => {
    expect(resolved({ ...typed("random.v3.Random"), ...more })).toContain(`cannot be combined with ${field}`);
  });

  test("lb_policy LOAD_BALANCING_POLICY_CONFIG needs load_balancing_policy", () => {
    expect(resolved({ lb_policy: "LOAD_BALANCING_POLICY_CONFIG" })).toContain("load_balancing_policy");
  });

  test("old configuration beside a typed policy counts as read, since Envoy does not look at it either", () => {
    const cluster = { ...typed("random.v3.Random"), lb_policy: "LEAST_REQUEST" };
    const log = new ReadLog();
    resolveLoadBalancing(new Message(cluster, "cluster", log));
    expect(log.has(cluster, "lb_policy")).toBe(true);
  });
});
