import type { CaseContent, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import {
  type Address,
  allOk,
  byHosts,
  clusterOfLocalities,
  everythingTo,
  get,
  hostOf,
  RESULT_FIELDS,
} from "./parts.ts";
import { drawTypedPolicy } from "./typed-policy.ts";

const REQUESTS = 900;
const ZONES = ["za", "zb", "zc"];
const REGION = "r";

/** Hosts of one zone and priority. */
interface Group {
  readonly name: string;
  readonly hosts: readonly Address[];
  readonly message: Json;
}

/** Proxies and hosts in zones: the shares of the hosts' zones, seen from one of them. */
export function drawZones(draw: Draw, place: Place): CaseContent {
  let used = 0;
  const hosts = (count: number) => draw.list(count, () => place.host(++used));
  const weighted = draw.chance(0.35);
  const isPrioritised = draw.chance(0.2);
  const groups = (isPrioritised ? [0, 1] : [0]).flatMap((priority) =>
    ZONES.slice(0, draw.pick([1, 2, 3, 3, 3])).map((zone) =>
      drawGroup(draw, zone, priority, hosts(draw.whole(1, 6)), weighted),
    ),
  );
  const name = `${place.name}_backend`;
  const caller = `${place.name}_caller`;
  const panic = draw.maybe(0.4, () => ({ healthy_panic_threshold: { value: draw.pick([0, 30, 70]) } }));
  const cluster = clusterOfLocalities(
    name,
    groups.map(({ message }) => message),
    drawBalancing(draw, panic),
  );
  const proxies = ZONES.flatMap((zone) => {
    const count = draw.whole(0, 4);
    return count === 0 ? [] : [drawGroup(draw, zone, 0, hosts(count), weighted).message];
  });
  const zone = draw.pick([...ZONES, ...ZONES, "elsewhere"]);
  return {
    about: `from ${zone}: ${groups.map((group) => group.name).join(" ")}, ${JSON.stringify(cluster.common_lb_config ?? cluster.load_balancing_policy)}`,
    mode: "sequential",
    alsoRecorded: [],
    process: {
      node: { id: "caller", cluster: caller, locality: { region: REGION, zone } },
      cluster_manager: { local_cluster_name: caller },
    },
    virtualHosts: [everythingTo(name)],
    clusters: [cluster, clusterOfLocalities(caller, proxies)],
    upstreams: allOk(groups.flatMap((group) => group.hosts)),
    requests: draw.list(REQUESTS, (n) => get(n)),
    rules: { exact: RESULT_FIELDS },
    groups: byHosts(groups.map((group) => [group.name, group.hosts])),
  };
}

function drawGroup(
  draw: Draw,
  zone: string,
  priority: number,
  hosts: readonly Address[],
  weighted: boolean,
): Group {
  const sick = draw.pick([0, 0, 0.3, 0.6]);
  const lb_endpoints = hosts.map((host) =>
    hostOf(host, {
      ...(weighted ? { load_balancing_weight: draw.whole(1, 5) } : {}),
      ...draw.maybe(sick, () => ({ health_status: "UNHEALTHY" })),
    }),
  );
  const place = { locality: { region: REGION, zone }, priority };
  return { name: `${zone}${priority}:${hosts.length}`, hosts, message: { ...place, lb_endpoints } };
}

/** By the cluster's own fields, or by a typed policy, which can do more. */
function drawBalancing(draw: Draw, panic: Json | Record<never, never>): Json {
  const zone_aware_lb_config = {
    ...draw.maybe(0.4, () => ({ routing_enabled: { value: draw.pick([0, 30, 100]) } })),
    ...draw.maybe(0.7, () => ({ min_cluster_size: draw.pick([1, 3, 9]) })),
    ...draw.maybe(0.2, () => ({ fail_traffic_on_panic: true })),
  };
  if (draw.chance(0.5))
    return {
      lb_policy: draw.pick(["ROUND_ROBIN", "LEAST_REQUEST", "RANDOM"]),
      common_lb_config: { ...panic, zone_aware_lb_config },
    };
  const typed = {
    ...zone_aware_lb_config,
    ...draw.maybe(0.3, () => ({ force_local_zone: draw.maybe(0.7, () => ({ min_size: draw.whole(1, 5) })) })),
    ...draw.maybe(0.5, () => ({ locality_basis: "HEALTHY_HOSTS_WEIGHT" })),
  };
  return {
    common_lb_config: panic,
    load_balancing_policy: drawTypedPolicy(draw, { locality_lb_config: { zone_aware_lb_config: typed } }),
  };
}
