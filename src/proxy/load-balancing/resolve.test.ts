import { describe, expect, test } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import { type JsonObject, Message, ReadLog } from "../../decode/message.ts";
import { loadBalancingPolicies } from "./registry.ts";
import { resolveLoadBalancing } from "./resolve.ts";

const PREFIX = "type.googleapis.com/envoy.extensions.load_balancing_policies";

function typed(...types: string[]): JsonObject {
  const policies = types.map((type) => ({
    typed_extension_config: { name: type, typed_config: { "@type": `${PREFIX}.${type}` } },
  }));
  return { load_balancing_policy: { policies } };
}

function resolved(cluster: JsonObject) {
  const choice = resolveLoadBalancing(messageOf(cluster, "clusters[0]"));
  return choice.kind === "rejected" ? choice.reason : `${choice.kind}: ${choice.policy}`;
}

describe("a cluster's load-balancing policy", () => {
  test("is round robin by default", () => {
    expect(resolved({})).toBe("modelled: envoy.load_balancing_policies.round_robin");
  });

  test.each(loadBalancingPolicies)("$name is found in both ways of configuring it", (policy) => {
    const typeName = policy.typeName.replace("envoy.extensions.load_balancing_policies.", "");
    expect(resolved(typed(typeName))).toBe(`modelled: ${policy.name}`);
    expect(resolved({ lb_policy: policy.legacy!.lbPolicy })).toBe(`modelled: ${policy.name}`);
  });

  test("is the first that Envoy knows, also when meshsim does not model it", () => {
    const known = typed("peak_ewma.v3.PeakEwma", "maglev.v3.Maglev", "random.v3.Random");
    expect(resolved(known)).toBe("not modelled: envoy.load_balancing_policies.maglev");
    expect(resolved(typed("peak_ewma.v3.PeakEwma", "random.v3.Random"))).toMatch(/^modelled: .*random/);
  });

  test("is rejected when Envoy knows none of them", () => {
    expect(resolved(typed("peak_ewma.v3.PeakEwma"))).toMatch(/no load balancing policy of this Envoy/);
  });

  test.each([
    [{ lb_policy: "RING_HASH" }, "ring_hash"],
    [{ lb_subset_config: { subset_selectors: [{ keys: ["v"] }] } }, "subset"],
  ])("old configuration %j is not modelled", (cluster, name) => {
    expect(resolved(cluster)).toBe(`not modelled: envoy.load_balancing_policies.${name}`);
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
