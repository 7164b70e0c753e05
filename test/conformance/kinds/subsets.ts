import type { CaseContent, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { type Address, allOk, anyHost, clusterOfLocalities, get, hostOf, RESULT_FIELDS } from "./parts.ts";

const ROUTES = 8;
/** In the mean, in a random order: a round robin reaches every host of a subset. */
const REQUESTS_A_ROUTE = 30;
const KEY = "x-key";
const LB = "envoy.lb";
/** Values of hosts and of routes by key; of an id each host has its own. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  version: ["v1", "v2", "v3"],
  stage: ["prod", "canary"],
  shard: [1, 2, "1"],
  spare: [true, false],
  // For `list_as_any`.
  tags: [["a", "b"], ["b"], "a", []],
};
const KEYS = Object.keys(VALUES);
const FALLBACKS = ["NO_FALLBACK", "ANY_ENDPOINT", "DEFAULT_SUBSET"];
const ASKED_TAGS = ["a", "b", "c"];

/** Subsets of hosts by metadata: which hosts the requests of each route reach, and how many subsets there are. */
export function drawSubsets(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(3, 8), (index) => place.host(index + 1));
  const isHashed = draw.chance(0.4);
  const lb_subset_config = drawConfig(draw);
  const name = `${place.name}_backend`;
  const cluster = clusterOfLocalities(name, drawLocalities(draw, hosts), {
    lb_policy: isHashed ? draw.pick(["RING_HASH", "MAGLEV"]) : "ROUND_ROBIN",
    lb_subset_config,
    common_lb_config: {
      ...draw.maybe(0.6, () => ({ healthy_panic_threshold: { value: draw.pick([0, 40]) } })),
      ...(lb_subset_config.locality_weight_aware === true || draw.chance(0.1)
        ? { locality_weighted_lb_config: {} }
        : {}),
    },
  });
  const routes = draw.list(ROUTES, (i) => ({
    name: `r${i}`,
    match: { path: `/r${i}` },
    route: {
      ...drawDestination(draw, name),
      ...draw.maybe(0.7, () => metadataMatch(drawWanted(draw, lb_subset_config))),
      ...(isHashed ? { hash_policy: [{ header: { header_name: KEY } }] } : {}),
    },
  }));
  return {
    about: `subsets of ${hosts.length} hosts, ${JSON.stringify(lb_subset_config)}`,
    mode: "sequential",
    alsoRecorded: [],
    virtualHosts: [anyHost("app", routes)],
    clusters: [cluster],
    upstreams: allOk(hosts),
    requests: draw.list(ROUTES * REQUESTS_A_ROUTE, (n) =>
      get(n, { path: `/r${draw.whole(0, ROUTES - 1)}`, headers: { [KEY]: `k${draw.whole(0, 99)}` } }),
    ),
    rules: {
      exact: [...RESULT_FIELDS, ...(isHashed ? ["host"] : [])],
      ...(isHashed ? {} : { set_per_route: [{ field: "host" }] }),
    },
    // Every subset sets them, in an order that is free.
    chanceStats: ["size", "min_hashes_per_host", "max_hashes_per_host"]
      .map((name) => `ring_hash_lb.${name}`)
      .concat("maglev_lb.min_entries_per_host", "maglev_lb.max_entries_per_host"),
  };
}

function drawConfig(draw: Draw): Json {
  const isListed = draw.chance(0.12);
  const isAware = draw.chance(0.15);
  return {
    ...draw.maybe(0.8, () => ({ fallback_policy: draw.pick(FALLBACKS) })),
    ...draw.maybe(0.6, () => ({ default_subset: drawPairs(draw, draw.whole(1, 2)) })),
    subset_selectors: draw.list(draw.whole(1, 4), () => drawSelector(draw)),
    ...draw.maybe(0.2, () => ({ panic_mode_any: true })),
    ...draw.maybe(0.5, () => ({ list_as_any: true })),
    ...(isAware ? { locality_weight_aware: true } : {}),
    ...(isAware ? draw.maybe(0.5, () => ({ scale_locality_weight: true })) : {}),
    ...(isListed ? { metadata_fallback_policy: "FALLBACK_LIST" } : {}),
  };
}

function drawSelector(draw: Draw): Json {
  const keys = draw.some([...KEYS, "id"], draw.pick([1, 1, 2, 3]));
  const isSingle = keys.length === 1 && draw.chance(0.25);
  const policies = ["NOT_DEFINED", ...FALLBACKS, ...(keys.length > 1 ? ["KEYS_SUBSET"] : [])];
  const fallback_policy = draw.pick(policies);
  return {
    keys,
    ...(isSingle ? { single_host_per_subset: true } : {}),
    // Of a single host nothing is chosen.
    ...(isSingle || draw.chance(0.4)
      ? {}
      : {
          fallback_policy,
          ...(fallback_policy === "KEYS_SUBSET"
            ? { fallback_keys_subset: draw.some(keys, draw.whole(1, keys.length - 1)) }
            : {}),
        }),
  };
}

/** One locality, or two, each with so few hosts that a round robin reaches them all. */
function drawLocalities(draw: Draw, hosts: readonly Address[]): Json[] {
  const entries = hosts.map((host, index) =>
    hostOf(host, {
      ...draw.maybe(0.9, () => ({ metadata: { filter_metadata: { [LB]: drawMetadata(draw, index) } } })),
      ...draw.maybe(0.15, () => ({ health_status: "UNHEALTHY" })),
    }),
  );
  if (hosts.length > 4 || draw.chance(0.5)) return [{ lb_endpoints: entries }];
  const middle = Math.floor(entries.length / 2);
  return [entries.slice(0, middle), entries.slice(middle)].map((lb_endpoints, index) => ({
    locality: { zone: `z${index}` },
    load_balancing_weight: draw.whole(1, 3),
    lb_endpoints,
  }));
}

function drawMetadata(draw: Draw, index: number): Json {
  return {
    ...draw.maybe(0.8, () => ({ id: `h${index}` })),
    ...drawPairs(draw, draw.whole(1, KEYS.length)),
  };
}

function drawPairs(draw: Draw, count: number): Json {
  return Object.fromEntries(draw.some(KEYS, count).map((key) => [key, draw.pick(VALUES[key]!)]));
}

/** What a route asks for: the keys of a selector, or any. */
function drawWanted(draw: Draw, config: Json): Json {
  const { keys } = draw.pick(config.subset_selectors as readonly { readonly keys: readonly string[] }[]);
  const chosen = draw.chance(0.75) ? keys : draw.some([...KEYS, "id"], draw.whole(1, 3));
  const wanted: Json = Object.fromEntries(chosen.map((key) => [key, drawAsked(draw, key)]));
  if (config.metadata_fallback_policy === undefined || draw.chance(0.4)) return wanted;
  const fallback_list = draw.list(draw.whole(1, 3), () =>
    Object.fromEntries(keys.map((key) => [key, drawAsked(draw, key)])),
  );
  return { ...wanted, fallback_list };
}

function drawAsked(draw: Draw, key: string): unknown {
  if (key === "id") return `h${draw.whole(0, 8)}`;
  if (key === "tags") return draw.pick(ASKED_TAGS);
  return draw.chance(0.1) ? "nobody" : draw.pick(VALUES[key]!);
}

function metadataMatch(wanted: Json): Json {
  return { metadata_match: { filter_metadata: { [LB]: wanted } } };
}

/** The cluster, or itself twice with metadata of the entries' own that are merged with the route's. */
function drawDestination(draw: Draw, name: string): Json {
  if (draw.chance(0.75)) return { cluster: name };
  const clusters = [
    { name, weight: 1, ...metadataMatch(drawPairs(draw, draw.whole(1, 2))) },
    { name, weight: 0 },
  ];
  return { weighted_clusters: { clusters } };
}
