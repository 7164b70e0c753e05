import type { JsonObject } from "../../decode/message.ts";
import { messageType } from "../descriptors.ts";
import { at, items, number, object, text } from "../json-access.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";

const POLICIES = "envoy.extensions.load_balancing_policies.";

/** Sources: source/common/upstream/upstream_impl.cc, source/extensions/load_balancing_policies of Envoy 1.40. */
export const loadBalancingChecks: Checks = {
  "envoy.config.cluster.v3.Cluster": (cluster, path, context) => {
    checkPolicyChoice(cluster, path, context);
    checkProvided(cluster, path, context);
    checkHostnameHashing(cluster, path, context);
    if (text(cluster, "lb_policy") === "RING_HASH")
      checkRingSizes(object(cluster, "ring_hash_lb_config"), `${path}.ring_hash_lb_config`, context);
    if (text(cluster, "lb_policy") === "MAGLEV")
      checkTable(object(cluster, "maglev_lb_config"), `${path}.maglev_lb_config`, context);
  },
  "envoy.config.cluster.v3.LoadBalancingPolicy": checkPolicies,
  "envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash": checkRingSizes,
  "envoy.extensions.load_balancing_policies.maglev.v3.Maglev": checkTable,
  "envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality": checkLocalityChild,
  "envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector": checkSelector,
  "envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetSelector": checkSelector,
};

function checkPolicyChoice(cluster: JsonObject, path: string, { report }: Context): void {
  const named = text(cluster, "lb_policy");
  const typed = cluster.load_balancing_policy !== undefined;
  if (named === "LOAD_BALANCING_POLICY_CONFIG" && !typed) {
    const message = "lb_policy is LOAD_BALANCING_POLICY_CONFIG, but load_balancing_policy is not set";
    report.error(
      "missing-policy",
      `${path}.lb_policy`,
      message,
      "set load_balancing_policy or name a policy here",
    );
  }
  if (typed && cluster.lb_subset_config !== undefined) {
    const message = "lb_subset_config cannot be set together with load_balancing_policy";
    const remedy = `use ${POLICIES}subset.v3.Subset as the policy`;
    report.error("two-of-one", `${path}.lb_subset_config`, message, remedy);
  }
}

/** source/common/upstream/cluster_factory_impl.cc: only strict DNS clusters have hosts of a name each. */
function checkHostnameHashing(cluster: JsonObject, path: string, { report }: Context): void {
  const hashing = object(object(cluster, "common_lb_config"), "consistent_hashing_lb_config");
  const type = text(cluster, "type") || "STATIC";
  if (hashing?.use_hostname_for_hashing !== true || type === "STRICT_DNS") return;
  report.error(
    "not-possible-here",
    `${path}.common_lb_config.consistent_hashing_lb_config.use_hostname_for_hashing`,
    `a ${type} cluster cannot hash by hostname`,
    "only STRICT_DNS clusters can; without it the address is hashed",
  );
}

const PROVIDING = new Set(["ORIGINAL_DST", "envoy.cluster.original_dst", "envoy.clusters.aggregate"]);

/** Aggregate and original destination clusters bring their own balancer, and it must be asked for. */
function checkProvided(cluster: JsonObject, path: string, { report }: Context): void {
  const custom = object(cluster, "cluster_type");
  const type = custom === undefined ? text(cluster, "type") : text(custom, "name");
  const aggregate = anyType(object(custom, "typed_config") ?? {}).includes(".clusters.aggregate.");
  const provides = PROVIDING.has(type) || aggregate;
  const asked = text(cluster, "lb_policy") === "CLUSTER_PROVIDED";
  if (provides && !asked && cluster.load_balancing_policy === undefined) {
    const message = `the cluster "${text(cluster, "name")}" chooses its hosts itself and needs lb_policy: CLUSTER_PROVIDED`;
    report.error("bad-policy", `${path}.lb_policy`, message, "set lb_policy: CLUSTER_PROVIDED");
  }
  const ordinary = custom === undefined && type !== "ORIGINAL_DST";
  if (asked && ordinary) {
    const message = `lb_policy is CLUSTER_PROVIDED, but a ${type || "STATIC"} cluster provides no balancer`;
    report.error("bad-policy", `${path}.lb_policy`, message, "name a policy such as ROUND_ROBIN");
  }
}

function checkPolicies(policy: JsonObject, path: string, { report }: Context): void {
  const configs = items(policy, path, "policies").map(([one]) =>
    object(one, "typed_extension_config", "typed_config"),
  );
  const usable = configs.some((config) => {
    const type = anyType(config ?? {});
    return type.startsWith(POLICIES) || (type !== "" && messageType(type) === undefined);
  });
  if (usable) return;
  const remedy = `use one of ${POLICIES}*, such as round_robin.v3.RoundRobin`;
  report.error("unknown-extension", path, "none of the policies is a load balancing policy of Envoy", remedy);
}

const LARGEST_RING = 8_388_608;

function checkRingSizes(config: JsonObject | undefined, path: string, { report }: Context): void {
  const least = number(config, "minimum_ring_size") ?? 1024;
  const most = number(config, "maximum_ring_size") ?? LARGEST_RING;
  if (least <= most) return;
  const message = `minimum_ring_size (${least}) is above maximum_ring_size (${most})`;
  report.error("out-of-range", `${path}.maximum_ring_size`, message);
}

function checkTable(config: JsonObject | undefined, path: string, { report }: Context): void {
  const size = number(config, "table_size");
  if (size === undefined || isPrime(size)) return;
  const near = nextPrime(size);
  report.error(
    "out-of-range",
    `${path}.table_size`,
    `table_size must be a prime number, not ${size}`,
    `write ${near}`,
  );
}

function nextPrime(size: number): number {
  let candidate = size;
  while (!isPrime(candidate)) candidate++;
  return candidate;
}

function isPrime(value: number): boolean {
  if (value < 2) return false;
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false;
  return true;
}

function checkLocalityChild(config: JsonObject, path: string, { report }: Context): void {
  const child = `${path}.endpoint_picking_policy`;
  const types = items(config.endpoint_picking_policy, child, "policies").map(([policy]) =>
    anyType(object(policy, "typed_extension_config", "typed_config") ?? {}),
  );
  if (types.some((type) => type.endsWith(".ClientSideWeightedRoundRobin"))) return;
  report.error("bad-policy", child, "WrrLocality works only around ClientSideWeightedRoundRobin");
}

function checkSelector(selector: JsonObject, path: string, { report }: Context): void {
  const strings = (field: string): string[] =>
    ((at(selector, field) as string[] | undefined) ?? []).map(String);
  const [keys, fallback] = [strings("keys"), strings("fallback_keys_subset")];
  const policy = text(selector, "fallback_policy");
  const where = `${path}.fallback_keys_subset`;
  if (policy !== "KEYS_SUBSET") {
    if (fallback.length > 0)
      report.error("not-possible-here", where, "fallback_keys_subset needs fallback_policy: KEYS_SUBSET");
    return;
  }
  const foreign = fallback.filter((key) => !keys.includes(key));
  if (fallback.length === 0)
    report.error("required", where, "fallback_policy KEYS_SUBSET needs fallback_keys_subset");
  else if (foreign.length > 0)
    report.error("not-possible-here", where, `"${foreign[0]}" is not one of the selector's keys`);
  else if (fallback.length === keys.length) {
    report.error("not-possible-here", where, "fallback_keys_subset must leave out at least one of the keys");
  }
}
