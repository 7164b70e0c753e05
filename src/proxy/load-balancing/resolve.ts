import type { Message } from "../../decode/message.ts";
import type { LoadBalancingChoice, LoadBalancingPolicy, MakeLoadBalancer } from "./policy.ts";
import { loadBalancingPolicies } from "./registry.ts";
import { makeSubset } from "./subset/config.ts";
import { readSubsetOptions } from "./subset/subset-options.ts";

/** The policies that Envoy 1.40's standard build registers, without `envoy.load_balancing_policies.`. */
const STANDARD_BUILD = [
  "client_side_weighted_round_robin",
  "cluster_provided",
  "dynamic_modules",
  "least_request",
  "load_aware_locality",
  "maglev",
  "override_host",
  "random",
  "ring_hash",
  "round_robin",
  "subset",
  "wrr_locality",
];

/** The old configuration, which Envoy does not look at beside a typed policy. */
const IGNORED_BESIDE_TYPED = [
  "lb_policy",
  "least_request_lb_config",
  "maglev_lb_config",
  "ring_hash_lb_config",
  "round_robin_lb_config",
];

/**
 * The policy that a `cluster.v3.Cluster` asks for: the first of `load_balancing_policy.policies` that Envoy
 * knows, otherwise `lb_policy` (Envoy 1.40, source/common/upstream/upstream_impl.cc).
 */
export function resolveLoadBalancing(cluster: Message): LoadBalancingChoice {
  const typed = cluster.message("load_balancing_policy");
  if (typed === undefined) return resolveLegacy(cluster);
  // Asking for them says that leaving them out of account is what Envoy does.
  for (const field of IGNORED_BESIDE_TYPED) cluster.has(field);
  return resolveTyped(cluster, typed);
}

function resolveTyped(cluster: Message, loadBalancingPolicy: Message): LoadBalancingChoice {
  const conflict = conflictingField(cluster);
  if (conflict !== undefined)
    return rejected(loadBalancingPolicy, `load_balancing_policy cannot be combined with ${conflict}`);
  return firstKnown(loadBalancingPolicy);
}

/** The first policy of a `LoadBalancingPolicy` message that Envoy knows. */
function firstKnown(loadBalancingPolicy: Message): LoadBalancingChoice {
  const missing: string[] = [];
  for (const policy of loadBalancingPolicy.messages("policies")) {
    const extension = policy.message("typed_extension_config");
    const options = extension?.message("typed_config");
    if (extension === undefined || options === undefined) continue;
    const known = loadBalancingPolicies.find(({ typeName }) => typeName === options.typeName);
    if (known !== undefined) return configure(known, options);
    const name = standardPolicyOf(options.typeName);
    if (name !== undefined) return { kind: "not modelled", policy: name, path: options.path };
    missing.push(extension.string("name"));
  }
  return rejected(
    loadBalancingPolicy,
    `no load balancing policy of this Envoy is among [${missing.join(", ")}]`,
  );
}

/** What is wrong with a policy inside of another is wrong with the whole. */
function configure(known: LoadBalancingPolicy, options: Message): LoadBalancingChoice {
  try {
    return { kind: "modelled", policy: known.name, makeLoadBalancer: known.configure(options, readChild) };
  } catch (error) {
    if (error instanceof UnusableChild) return error.choice;
    throw error;
  }
}

/** The policy that a nested `LoadBalancingPolicy` message asks for. */
export function readChild(child: Message | undefined): MakeLoadBalancer {
  if (child === undefined) throw new RangeError("a policy inside of another is missing");
  const choice = firstKnown(child);
  if (choice.kind !== "modelled") throw new UnusableChild(choice);
  return choice.makeLoadBalancer;
}

/** Carries what is wrong with a nested policy out to where the cluster's policy is resolved. */
class UnusableChild extends Error {
  readonly choice: LoadBalancingChoice;

  constructor(choice: LoadBalancingChoice) {
    super(`a policy inside of another is ${choice.kind}`);
    this.choice = choice;
  }
}

/** Fields of the old configuration that Envoy refuses beside a typed policy. */
function conflictingField(cluster: Message): string | undefined {
  if (cluster.has("lb_subset_config")) return "lb_subset_config";
  return cluster
    .message("common_lb_config")
    ?.which("zone_aware_lb_config", "locality_weighted_lb_config", "consistent_hashing_lb_config");
}

function standardPolicyOf(typeName: string): string | undefined {
  const [, name = ""] = /^envoy\.extensions\.load_balancing_policies\.(\w+)\./.exec(typeName) ?? [];
  return STANDARD_BUILD.includes(name) ? fullName(name) : undefined;
}

function resolveLegacy(cluster: Message): LoadBalancingChoice {
  const subset = cluster.message("lb_subset_config");
  const lbPolicy = cluster.enum<string>("lb_policy", "ROUND_ROBIN");
  const choice = resolveLbPolicy(cluster, lbPolicy);
  // Envoy: without selectors the subset balancer is not used at all.
  if (choice.kind !== "modelled" || subset === undefined || subset.messages("subset_selectors").length === 0)
    return choice;
  if (lbPolicy === "CLUSTER_PROVIDED")
    return rejected(subset, "cluster: LB policy CLUSTER_PROVIDED cannot be combined with lb_subset_config");
  const makeLoadBalancer = makeSubset(readSubsetOptions(subset), choice.makeLoadBalancer);
  return { kind: "modelled", policy: fullName("subset"), makeLoadBalancer };
}

function resolveLbPolicy(cluster: Message, lbPolicy: string): LoadBalancingChoice {
  const known = loadBalancingPolicies.find(({ legacy }) => legacy?.lbPolicy === lbPolicy);
  if (known?.legacy !== undefined)
    return { kind: "modelled", policy: known.name, makeLoadBalancer: known.legacy.configure(cluster) };
  const path = `${cluster.path}.lb_policy`;
  if (lbPolicy === "LOAD_BALANCING_POLICY_CONFIG")
    return { kind: "rejected", reason: "lb_policy needs load_balancing_policy to be set", path };
  return { kind: "not modelled", policy: fullName(lbPolicy.toLowerCase()), path };
}

function rejected(message: Message, reason: string): LoadBalancingChoice {
  return { kind: "rejected", reason, path: message.path };
}

function fullName(name: string): string {
  return `envoy.load_balancing_policies.${name}`;
}
