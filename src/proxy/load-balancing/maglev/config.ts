import type { Message } from "../../../decode/message.ts";
import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import { HashBalancer, type HashOptions } from "../shared/hash-balancer.ts";
import { readHashOptions, readLegacyHashOptions } from "../shared/hash-config.ts";
import { TableCache } from "../shared/table-cache.ts";
import { maglevKind } from "./maglev-table.ts";

/** Envoy's default (api/envoy/extensions/load_balancing_policies/maglev/v3/maglev.proto). */
const TABLE_SIZE = 65537;

export const maglev: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.maglev",
  typeName: "envoy.extensions.load_balancing_policies.maglev.v3.Maglev",
  about: {
    summary: "the host in the slot of a fixed table that the request's hash falls into",
    draws: "none with a hash, else 1",
    looksAt: ["weights", "health", "request hash"],
  },
  configure: (options) => makeMaglev(options, readHashOptions(options, undefined)),
  legacy: {
    lbPolicy: "MAGLEV",
    configure: (cluster) => makeMaglev(cluster.message("maglev_lb_config"), readLegacyHashOptions(cluster)),
  },
};

function makeMaglev(config: Message | undefined, options: HashOptions): MakeLoadBalancer {
  const cache = new TableCache(maglevKind(config?.number("table_size") ?? TABLE_SIZE));
  return (deps) => new HashBalancer(deps, options, cache);
}
