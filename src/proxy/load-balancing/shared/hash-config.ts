import type { Message } from "../../../decode/message.ts";
import type { HashOptions } from "./hash-balancer.ts";
import { readHashPolicies } from "./hash-policy/read-hash-policies.ts";

/** Reads what the typed configurations of ring hash and Maglev share; `old` are deprecated fields in its place. */
export function readHashOptions(options: Message, old: Message | undefined): HashOptions {
  const config = options.message("consistent_hashing_lb_config") ?? old;
  const policies = options.message("consistent_hashing_lb_config")?.messages("hash_policy") ?? [];
  return {
    useHostname: config?.boolean("use_hostname_for_hashing") ?? false,
    balanceFactor: config?.number("hash_balance_factor") ?? 0,
    isLocalityWeighted: options.message("locality_weighted_lb_config") !== undefined,
    hasher: policies.length === 0 ? null : readHashPolicies(policies),
  };
}

/** The same from the cluster's `common_lb_config`. */
export function readLegacyHashOptions(cluster: Message): HashOptions {
  const common = cluster.message("common_lb_config");
  const config = common?.message("consistent_hashing_lb_config");
  return {
    useHostname: config?.boolean("use_hostname_for_hashing") ?? false,
    balanceFactor: config?.number("hash_balance_factor") ?? 0,
    isLocalityWeighted: common?.message("locality_weighted_lb_config") !== undefined,
    hasher: null,
  };
}
