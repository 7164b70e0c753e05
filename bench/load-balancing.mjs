import { fileURLToPath } from "node:url";
import { Message, ReadLog } from "../dist/decode/message.js";
import { xxHash64 } from "../dist/hash/xxhash64.js";
import { Host } from "../dist/proxy/cluster/host.js";
import { makeHostSet } from "../dist/proxy/cluster/priority-set.js";
import { comparisonPolicies, loadBalancingPolicies } from "../dist/proxy/load-balancing/registry.js";
import { readChild } from "../dist/proxy/load-balancing/resolve.js";
import { stream64 } from "../dist/random/stream64.js";
import { Streams } from "../dist/random/streams.js";
import { Gauge, Stats } from "../dist/telemetry/stats.js";

/*
 * Picks a second of every policy, and how long its balancer takes to be made, at 10, 1,000 and 10,000 hosts: one
 * line of JSON each. Policies that choose by means of others are measured around round robin.
 */

const SIZES = [10, 1_000, 10_000];
const PICKS = 300_000;
const KEYS = 1024;

const child = (type) => ({
  policies: [
    {
      typed_extension_config: {
        name: "child",
        typed_config: { "@type": `type.googleapis.com/envoy.extensions.load_balancing_policies.${type}` },
      },
    },
  ],
});
const roundRobin = child("round_robin.v3.RoundRobin");
const weighted = child("client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin");
/** What the policies need to be configured at all. */
const OPTIONS = {
  subset: { subset_lb_policy: roundRobin, subset_selectors: [{ keys: ["version"] }] },
  wrr_locality: { endpoint_picking_policy: weighted },
  load_aware_locality: { endpoint_picking_policy: roundRobin },
  override_host: { override_host_sources: [{ header: "x-host" }], fallback_policy: roundRobin },
};

function makeHosts(count) {
  return Array.from({ length: count }, (_, i) => {
    return new Host({
      address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:8080`,
      hostname: "",
      weight: 1 + (i % 7),
      priority: 0,
      locality: { region: "r", zone: `z${i % 3}`, subZone: "" },
      metadata: { version: String(i % 5) },
      healthFlags: 0,
    });
  });
}

function depsOf(hosts) {
  return {
    prioritySet: { hostSets: [makeHostSet(0, hosts)] },
    random: stream64(new Streams("1").stream("bench", "picks")),
    clock: { now: 0 },
    stats: new Stats(),
    runtime: new Map(),
    clusterName: "bench",
    activeRequests: new Gauge(),
    healthyPanicThreshold: 50,
    ownLocality: undefined,
    localCluster: undefined,
    instances: 1,
  };
}

/** A request with one of many keys. */
function makeContext() {
  const hashes = Array.from({ length: KEYS }, (_, i) => xxHash64(`key-${i}`));
  let next = 0;
  return {
    head: { method: "GET", scheme: "http", authority: "a", path: "/", headers: new Map(), bodyBytes: 0 },
    remoteAddress: "",
    localAddress: "",
    originalDestination: null,
    filterState: null,
    dynamicMetadata: null,
    addCookie() {},
    hostSelectionRetryCount: 0,
    shouldSelectAnotherHost: () => false,
    retryPriority: null,
    hashKey: () => hashes[next++ % KEYS],
    metadataMatch: [["version", "3"]],
    overridesUsed: 0,
  };
}

/** Names and makers of all policies of the registry, those of Envoy first. */
function makers() {
  const envoys = loadBalancingPolicies.map((policy) => {
    const name = policy.name.slice(policy.name.lastIndexOf(".") + 1);
    const options = new Message(OPTIONS[name] ?? {}, "bench", new ReadLog());
    return { name, make: policy.configure(options, readChild) };
  });
  return [...envoys, ...comparisonPolicies.map(({ name, configure }) => ({ name, make: configure({}) }))];
}

function measure({ name, make }, count) {
  const deps = depsOf(makeHosts(count));
  const started = performance.now();
  const balancer = make(deps);
  const made = performance.now() - started;
  const context = makeContext();
  for (let i = 0; i < PICKS / 10; i++) balancer.chooseHost(context);
  const before = performance.now();
  for (let i = 0; i < PICKS; i++) balancer.chooseHost(context);
  const seconds = (performance.now() - before) / 1000;
  return {
    policy: name,
    hosts: count,
    picks_per_s: Math.trunc(PICKS / seconds),
    make_ms: Number(made.toPrecision(3)),
  };
}

/** Picks a second of each policy by the number of hosts, and the time to make its balancer. */
export function benchLoadBalancing() {
  console.log("\nload balancing: picks a second (and milliseconds to make the balancer)");
  const heads = SIZES.map((count) => `${count.toLocaleString("en")} hosts`.padStart(26));
  console.log(`${"policy".padEnd(34)}${heads.join("")}`);
  for (const maker of makers()) {
    const cells = SIZES.map((count) => {
      const { picks_per_s, make_ms } = measure(maker, count);
      return `${picks_per_s.toLocaleString("en")} (${make_ms})`.padStart(26);
    });
    console.log(`${maker.name.padEnd(34)}${cells.join("")}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const maker of makers()) for (const count of SIZES) console.log(JSON.stringify(measure(maker, count)));
}
