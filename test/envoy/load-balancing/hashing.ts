import type { JsonObject } from "../../../src/decode/message.ts";
import { murmurHash2 } from "../../../src/hash/murmur2.ts";
import { xxHash64 } from "../../../src/hash/xxhash64.ts";
import type { Host } from "../../../src/proxy/cluster/host.ts";
import { makeHostSet } from "../../../src/proxy/cluster/priority-set.ts";
import { maglev } from "../../../src/proxy/load-balancing/maglev/config.ts";
import { fillSlots, maglevKind } from "../../../src/proxy/load-balancing/maglev/maglev-table.ts";
import { ringHash } from "../../../src/proxy/load-balancing/ring-hash/config.ts";
import { type Ring, ringKind } from "../../../src/proxy/load-balancing/ring-hash/ring.ts";
import {
  boundedSlots,
  chooseBounded,
  probeInOrder,
} from "../../../src/proxy/load-balancing/shared/bounded-load.ts";
import { generateCookie } from "../../../src/proxy/load-balancing/shared/hash-policy/generated-cookie.ts";
import { readHashPolicies } from "../../../src/proxy/load-balancing/shared/hash-policy/read-hash-policies.ts";
import { hostHashKey } from "../../../src/proxy/load-balancing/shared/host-hash-key.ts";
import { weighFlat } from "../../../src/proxy/load-balancing/shared/normalized-weights.ts";
import { isRejected, readHostPredicates } from "../../../src/proxy/retry/host-predicates.ts";
import { Gauge } from "../../../src/telemetry/stats.ts";
import { configured, contextOf, depsOf } from "../../support/balancer.ts";
import { headOf } from "../../support/heads.ts";
import { TestPrioritySet, testHost } from "../../support/hosts.ts";
import { messageOf } from "../../support/message.ts";
import { scripted64 } from "../../support/scripted64.ts";
import vectors from "../vectors/load-balancing.json" with { type: "json" };
import { type Answers, decimal, u64 } from "./answers.ts";

// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has its own shape.
type Input = any;

export const hashing: Answers = {
  xx64: ({ text, seed }) => decimal(xxHash64(text, u64(seed))),
  murmur2: ({ text }) => decimal(murmurHash2(text)),
  ring_build(input) {
    const points = [...buildRing(input).points()];
    const gauges = buildRing(input).gauges;
    const ring = points.map(({ hash, owner }) => [decimal(hash), owner]);
    return {
      size: gauges["ring_hash_lb.size"],
      points: points.length,
      min_hashes_per_host: gauges["ring_hash_lb.min_hashes_per_host"],
      max_hashes_per_host: gauges["ring_hash_lb.max_hashes_per_host"],
      ring,
    };
  },
  ring_lookup: ({ ring_id, hash, attempt }) => ({
    host: buildRing(inputOf(ring_id)).lookUp(u64(hash), attempt),
  }),
  ring_histogram({ keys, normalized_weights, minimum_ring_size, maximum_ring_size, lookups }) {
    // One vector describes its thousand hosts in words: 127.0.0.1:0 and so on, the first with 127/128 of the weight.
    const isDescribed = typeof keys === "string";
    const hosts: string[] = isDescribed ? Array.from({ length: 1024 }, (_, i) => `127.0.0.1:${i}`) : keys;
    const weights = isDescribed
      ? hosts.map((_, i) => (i === 0 ? 127 / 128 : 1 / 128 / 1023))
      : normalized_weights;
    const ring = makeRing(hosts, weights, minimum_ring_size, maximum_ring_size);
    const counts: number[] = hosts.map(() => 0);
    const step = lookups === undefined ? 0n : 0xffffffffffffffffn / BigInt(lookups);
    for (let i = 0; i < (lookups ?? 0); i++) counts[ring.lookUp(u64(String(BigInt(i) * step)), 0)]!++;
    return {
      size: ring.gauges["ring_hash_lb.size"],
      min: ring.gauges["ring_hash_lb.min_hashes_per_host"],
      max: ring.gauges["ring_hash_lb.max_hashes_per_host"],
      counts,
      hosts_with_points: [...new Set([...ring.points()].map(({ owner }) => owner))].sort((x, y) => x - y),
    };
  },
  maglev_table({ keys, normalized_weights, table_size }) {
    const entries: number[] = keys.map(() => 0);
    const table = [...fillSlots(keys, normalized_weights, table_size, entries)];
    return { table, first32: table.slice(0, 32), entries_per_host: entries };
  },
  maglev_lookup({ table_id, hash, attempt }) {
    const { keys, normalized_weights, table_size } = inputOf(table_id);
    return { host: maglevKind(table_size).build(keys, normalized_weights).lookUp(u64(hash), attempt) };
  },
  bounded_order({ hash, hosts }) {
    const order: number[] = [];
    probeInOrder(u64(hash), hosts, (index) => {
      order.push(index);
      return false;
    });
    return order;
  },
  bounded_factor({ host_active, cluster_active, factor, normalized_weight }) {
    const slots = boundedSlots(cluster_active, factor, normalized_weight);
    return { slots, overload: host_active / slots };
  },
  bounded_pick: ({ hosts, first_choice, hash, overload }) => ({
    host: chooseBounded(first_choice, hosts, u64(hash), (index) => overload[index] ?? 0.5),
  }),
  bounded_sequence({ keys, weights, minimum_ring_size, hash_balance_factor, hash, requests }) {
    const hosts = keys.map((address: string, i: number) => testHost(i, { address, weight: weights[i] }));
    const activeRequests = new Gauge();
    const consistent_hashing_lb_config = { hash_balance_factor };
    const make = configured(ringHash, { minimum_ring_size, consistent_hashing_lb_config });
    const balancer = make(depsOf(new TestPrioritySet(hosts), scripted64([]), { activeRequests }));
    return Array.from({ length: requests }, () => {
      const host = balancer.chooseHost(contextOf({ hashKey: () => u64(hash) }))!;
      host.activeRequests++;
      activeRequests.value++;
      return hosts.indexOf(host);
    });
  },
  hash_policy({ policies, headers, path = "/", downstream_ip }) {
    const hasher = readHashPolicies(policies.map((policy: Input) => messageOf(hashPolicy(policy))));
    const remoteAddress = downstream_ip === undefined ? "" : `${downstream_ip}:41128`;
    const hash = hasher.hash(contextOf({ head: headOf({ headers, path }), remoteAddress }));
    return hash === null ? null : decimal(hash);
  },
  generated_cookie({ downstream_remote, downstream_local, name, ttl_s, path }) {
    const addresses = { remoteAddress: downstream_remote, localAddress: downstream_local };
    const { value, setCookie } = generateCookie(
      addresses,
      { name, path, ttlSeconds: ttl_s, attributes: [] },
      ttl_s,
    );
    return { value, set_cookie: setCookie, hash: decimal(xxHash64(value)) };
  },
  hash_key({ address, hostname, use_hostname, hash_key }) {
    const metadata = hash_key === undefined ? {} : { hash_key };
    return hostHashKey(testHost(0, { address, hostname, metadata }), use_hostname);
  },
  retry_hosts({
    policy,
    keys,
    minimum_ring_size,
    table_size,
    hash,
    retries,
    host_selection_retry_max_attempts,
  }) {
    const make =
      policy === "maglev" ? configured(maglev, { table_size }) : configured(ringHash, { minimum_ring_size });
    const hosts = keys.map((address: string, i: number) => testHost(i, { address }));
    const balancer = make(depsOf(new TestPrioritySet(hosts), scripted64([])));
    const predicates = readHostPredicates(messageOf({ retry_host_predicate: [PREVIOUS_HOSTS] }));
    const attempted: Host[] = [];
    for (let attempt = 0; attempt <= retries; attempt++) {
      const context = contextOf({
        hashKey: () => u64(hash),
        hostSelectionRetryCount: attempt === 0 ? 0 : (host_selection_retry_max_attempts ?? 1),
        shouldSelectAnotherHost: (host) => attempt > 0 && isRejected(predicates, host, attempted),
      });
      attempted.push(balancer.chooseHost(context)!);
    }
    return attempted.map((host) => hosts.indexOf(host));
  },
};

const PREVIOUS_HOSTS: JsonObject = {
  name: "envoy.retry_host_predicates.previous_hosts",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
  },
};

function inputOf(id: string): Input {
  return vectors.find((vector) => vector.id === id)!.input;
}

function buildRing({ hosts, hash, minimum_ring_size, maximum_ring_size }: Input): Ring {
  const list = hosts.map(({ key, weight }: Input, i: number) => testHost(i, { address: key, weight }));
  const { weights } = weighFlat(makeHostSet(0, list), false);
  const keys = hosts.map(({ key }: Input) => key);
  return makeRing(keys, weights, minimum_ring_size, maximum_ring_size, hash);
}

function makeRing(
  keys: readonly string[],
  weights: readonly number[],
  minimumSize: number,
  maximumSize: number,
  hashFunction: "XX_HASH" | "MURMUR_HASH_2" = "XX_HASH",
): Ring {
  return ringKind({ hashFunction, minimumSize, maximumSize }).build(keys, weights) as Ring;
}

/** A `route.v3.RouteAction.HashPolicy` from the vectors' short form. */
function hashPolicy({
  header,
  cookie,
  ttl_s,
  query_parameter,
  source_ip,
  regex,
  substitution,
  terminal,
}: Input): JsonObject {
  const common = terminal ? { terminal } : {};
  if (header !== undefined) {
    const regex_rewrite = regex === undefined ? {} : { regex_rewrite: { pattern: { regex }, substitution } };
    return { ...common, header: { header_name: header, ...regex_rewrite } };
  }
  if (cookie !== undefined)
    return { ...common, cookie: { name: cookie, ...(ttl_s !== undefined && { ttl: `${ttl_s}s` }) } };
  if (query_parameter !== undefined) return { ...common, query_parameter: { name: query_parameter } };
  return { ...common, connection_properties: { source_ip } };
}
