import type { Message } from "../../../decode/message.ts";
import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import { HashBalancer, type HashOptions } from "../shared/hash-balancer.ts";
import { readHashOptions, readLegacyHashOptions } from "../shared/hash-config.ts";
import { TableCache } from "../shared/table-cache.ts";
import { ringKind } from "./ring.ts";

/** Defaults of Envoy 1.40 (.../ring_hash/ring_hash_lb.h). */
const MINIMUM_SIZE = 1024;
const MAXIMUM_SIZE = 8 * 1024 * 1024;

export const ringHash: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.ring_hash",
  typeName: "envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash",
  about: {
    summary: "the host whose point follows the request's hash on a ring",
    draws: "none with a hash, else 1",
    looksAt: ["weights", "health", "request hash"],
  },
  configure: (options) => makeRingHash(options, readHashOptions(options, options)),
  legacy: {
    lbPolicy: "RING_HASH",
    configure: (cluster) =>
      makeRingHash(cluster.message("ring_hash_lb_config"), readLegacyHashOptions(cluster)),
  },
};

function makeRingHash(sizes: Message | undefined, options: HashOptions): MakeLoadBalancer {
  const kind = ringKind({
    // DEFAULT_HASH is xxHash64 as well.
    hashFunction:
      sizes?.enum<string>("hash_function", "XX_HASH") === "MURMUR_HASH_2" ? "MURMUR_HASH_2" : "XX_HASH",
    minimumSize: sizes?.number("minimum_ring_size") ?? MINIMUM_SIZE,
    maximumSize: sizes?.number("maximum_ring_size") ?? MAXIMUM_SIZE,
  });
  const cache = new TableCache(kind);
  return (deps) => new HashBalancer(deps, options, cache);
}
