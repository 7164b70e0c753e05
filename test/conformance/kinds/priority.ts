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

const REQUESTS = 800;

interface Level {
  readonly name: string;
  readonly hosts: readonly Address[];
  readonly message: Json;
}

/** Priorities or localities with healthy, degraded and unhealthy hosts: the shares of traffic. */
export function drawPriority(draw: Draw, place: Place): CaseContent {
  let used = 0;
  const hosts = (count: number) => draw.list(count, () => place.host(++used));
  const byLocality = draw.chance(0.3);
  const levels = draw.list(draw.whole(2, 3), (index) =>
    drawLevel(draw, hosts(draw.whole(1, 9)), index, byLocality),
  );
  const settings = byLocality ? { locality_weighted_lb_config: {} } : {};
  const panic = draw.maybe(0.5, () => ({
    healthy_panic_threshold: { value: draw.pick([0, 20, 30, 60, 80, 100]) },
  }));
  const common = { ...settings, ...panic };
  const factor = draw.maybe(0.5, () => ({ overprovisioning_factor: draw.pick([100, 120, 150, 200, 300]) }));
  const base = clusterOfLocalities(
    `${place.name}_backend`,
    levels.map(({ message }) => message),
    { ...(Object.keys(common).length === 0 ? {} : { common_lb_config: common }), ...drawLbPolicy(draw) },
  );
  const assignment = base.load_assignment as Json;
  const cluster: Json = {
    ...base,
    load_assignment: { ...assignment, ...(Object.keys(factor).length === 0 ? {} : { policy: factor }) },
  };
  return {
    about: `${byLocality ? "localities" : "priorities"} ${levels.map(({ name }) => name).join(" ")}, ${JSON.stringify({ ...common, ...factor })}`,
    mode: "sequential",
    alsoRecorded: [],
    virtualHosts: [everythingTo(cluster.name)],
    clusters: [cluster],
    upstreams: allOk(levels.flatMap((level) => level.hosts)),
    requests: draw.list(REQUESTS, (n) => get(n)),
    rules: { exact: RESULT_FIELDS },
    groups: byHosts(levels.map(({ hosts }, index) => [`L${index}`, hosts])),
  };
}

function drawLevel(draw: Draw, hosts: readonly Address[], index: number, byLocality: boolean): Level {
  const share = draw.pick([0, 0.3, 0.5, 0.7, 1]);
  const states = hosts.map(() =>
    draw.chance(share) ? "HEALTHY" : draw.pick(["UNHEALTHY", "UNHEALTHY", "DEGRADED"]),
  );
  const lb_endpoints = hosts.map((host, i) =>
    hostOf(host, states[i] === "HEALTHY" ? {} : { health_status: states[i] }),
  );
  const place = byLocality
    ? { locality: { region: "r", zone: `z${index}` }, load_balancing_weight: draw.whole(1, 5) }
    : { priority: index };
  const count = (state: string) => states.filter((one) => one === state).length;
  const name = `${count("HEALTHY")}+${count("DEGRADED")}/${hosts.length}`;
  return { name, hosts, message: { ...place, lb_endpoints } };
}

function drawLbPolicy(draw: Draw): Json {
  return draw.maybe(0.4, () => ({ lb_policy: draw.pick(["RANDOM", "LEAST_REQUEST", "ROUND_ROBIN"]) }));
}
