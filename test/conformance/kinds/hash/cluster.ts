import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { type Address, clusterOfLocalities, hostOf } from "../parts.ts";

const POLICIES = "type.googleapis.com/envoy.extensions.load_balancing_policies";
const WEIGHTS = [1, 1, 2, 3, 4, 8, 20, 30];
/** Prime, as Envoy demands. */
const TABLE_SIZES = [11, 101, 251, 1009, 1021, 4099, 65_537, 131_071];

interface HashPolicy {
  readonly about: string;
  readonly settings: Json;
}

/** How hosts are told apart on the ring: by address, by a key in their metadata, by hostname. */
type Identity = "address" | "hash_key" | "hostname";

/** A cluster with a ring or a Maglev table, hosts of random weights, keys, names and health. */
export function drawHashCluster(
  draw: Draw,
  name: string,
  hosts: readonly Address[],
): { about: string; cluster: Json } {
  const identity = draw.pick<Identity>(["address", "address", "hash_key", "hostname"]);
  const isLocal = draw.chance(0.25) && hosts.length >= 4;
  const { about, settings } = drawPolicy(draw, identity, isLocal);
  const isWeighted = draw.chance(0.45);
  const isSick = draw.chance(0.3);
  const all = hosts.map((host, index) =>
    hostOf(host, {
      ...(identity === "hostname" ? { hostname: `host${index}.internal` } : {}),
      ...(isWeighted ? { load_balancing_weight: draw.pick(WEIGHTS) } : {}),
      ...(isSick ? drawHealth(draw) : {}),
      ...(identity === "hash_key"
        ? { metadata: hashKey(`node-${draw.pick([..."abcdefghij"])}${index}`) }
        : {}),
    }),
  );
  const localities = isLocal ? splitLocalities(draw, all) : [{ lb_endpoints: all }];
  // Envoy refuses hostnames as keys of static clusters; numeric addresses are not looked up.
  const type = identity === "hostname" ? { type: "STRICT_DNS", dns_lookup_family: "V4_ONLY" } : {};
  const words = [
    about,
    identity,
    isWeighted ? "weights" : "",
    isSick ? "health" : "",
    isLocal ? "localities" : "",
  ];
  return {
    about: words.filter((word) => word !== "").join(", "),
    cluster: clusterOfLocalities(name, localities, { ...settings, ...type }),
  };
}

function drawHealth(draw: Draw): Json {
  return draw.chance(0.25) ? { health_status: draw.pick(["UNHEALTHY", "DEGRADED", "DRAINING"]) } : {};
}

function hashKey(hash_key: string): Json {
  return { filter_metadata: { "envoy.lb": { hash_key } } };
}

function splitLocalities(draw: Draw, hosts: readonly Json[]): Json[] {
  const at = draw.whole(1, hosts.length - 1);
  return [hosts.slice(0, at), hosts.slice(at)].map((lb_endpoints, index) => ({
    locality: { zone: "ab"[index] },
    lb_endpoints,
    load_balancing_weight: draw.pick([1, 2, 3, 5]),
  }));
}

function drawPolicy(draw: Draw, identity: Identity, isLocal: boolean): HashPolicy {
  const consistent = identity === "hostname" ? { use_hostname_for_hashing: true } : {};
  const isRing = draw.chance(0.5);
  const { about, fields } = isRing ? drawRing(draw) : drawMaglev(draw);
  if (draw.chance(0.3)) {
    const config = { "@type": typeOf(isRing), ...fields, ...commonConfig(consistent, isLocal) };
    const policy = {
      name: `envoy.load_balancing_policies.${isRing ? "ring_hash" : "maglev"}`,
      typed_config: config,
    };
    return {
      about: `typed ${about}`,
      settings: { load_balancing_policy: { policies: [{ typed_extension_config: policy }] } },
    };
  }
  return { about, settings: oldForm(isRing, fields, consistent, isLocal) };
}

function oldForm(isRing: boolean, fields: Json, consistent: Json, isLocal: boolean): Json {
  const common = commonConfig(consistent, isLocal);
  return {
    lb_policy: isRing ? "RING_HASH" : "MAGLEV",
    ...(Object.keys(fields).length === 0
      ? {}
      : { [isRing ? "ring_hash_lb_config" : "maglev_lb_config"]: fields }),
    ...(Object.keys(common).length === 0 ? {} : { common_lb_config: common }),
  };
}

function typeOf(isRing: boolean): string {
  return `${POLICIES}.${isRing ? "ring_hash.v3.RingHash" : "maglev.v3.Maglev"}`;
}

function commonConfig(consistent: Json, isLocal: boolean): Json {
  return {
    ...(Object.keys(consistent).length === 0 ? {} : { consistent_hashing_lb_config: consistent }),
    ...(isLocal ? { locality_weighted_lb_config: {} } : {}),
  };
}

function drawRing(draw: Draw): { about: string; fields: Json } {
  const least = draw.pick([1, 7, 16, 100, 256, 1024, 2048, 5000]);
  const fields = {
    ...draw.maybe(0.85, () => ({ minimum_ring_size: least })),
    ...draw.maybe(0.25, () => ({ maximum_ring_size: Math.max(1024, least) + draw.whole(0, 500) })),
    ...draw.maybe(0.4, () => ({ hash_function: draw.pick(["MURMUR_HASH_2", "XX_HASH"]) })),
  };
  return { about: `ring hash ${JSON.stringify(fields)}`, fields };
}

function drawMaglev(draw: Draw): { about: string; fields: Json } {
  const fields = draw.maybe(0.7, () => ({ table_size: draw.pick(TABLE_SIZES) }));
  return { about: `Maglev ${JSON.stringify(fields)}`, fields };
}
