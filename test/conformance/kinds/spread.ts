import type { CaseContent, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import {
  type Address,
  allOk,
  anyHost,
  clusterOf,
  clusterOfLocalities,
  get,
  hostOf,
  RESULT_FIELDS,
  textOf,
} from "./parts.ts";
import { drawTypedPolicy } from "./typed-policy.ts";

const REQUESTS = 900;

/** What chance alone spreads: hosts under random and least-request policies, clusters by weight or fraction. */
export function drawSpread(draw: Draw, place: Place): CaseContent {
  return draw.chance(0.65) ? drawHosts(draw, place) : drawSplit(draw, place);
}

/** One request at a time: no host has more under way than another. */
function drawHosts(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(2, 6), (index) => place.host(index + 1));
  const weights = draw.chance(0.5) ? hosts.map(() => draw.whole(1, 8)) : undefined;
  const sick = draw.chance(0.3) ? draw.whole(0, hosts.length - 1) : undefined;
  const entries = hosts.map((host, index) =>
    hostOf(host, {
      ...(weights === undefined ? {} : { load_balancing_weight: weights[index] }),
      ...(sick === index ? { health_status: "UNHEALTHY" } : {}),
    }),
  );
  const name = `${place.name}_backend`;
  const policy = drawPolicy(draw);
  const cluster = clusterOfLocalities(name, [{ lb_endpoints: entries }], policy);
  return {
    ...common([cluster], hosts, [{ name: "all", match: { prefix: "/" }, route: { cluster: name } }]),
    about: `${JSON.stringify(policy)}, weights ${JSON.stringify(weights)}, unhealthy ${sick}`,
    groups: {
      field: "host",
      groups: Object.fromEntries(hosts.map((host) => [textOf(host), [textOf(host)]])),
    },
  };
}

function drawPolicy(draw: Draw): Json {
  if (draw.chance(0.4)) return { load_balancing_policy: drawTypedPolicy(draw) };
  if (draw.chance(0.4)) return { lb_policy: "RANDOM" };
  return {
    lb_policy: "LEAST_REQUEST",
    ...draw.maybe(0.6, () => ({
      least_request_lb_config: {
        ...draw.maybe(0.7, () => ({ choice_count: draw.whole(2, 6) })),
        ...draw.maybe(0.4, () => ({
          active_request_bias: { default_value: draw.pick([0, 0.5, 2]), runtime_key: "none" },
        })),
      },
    })),
  };
}

/** Routes of which chance decides: weighted clusters, and fractions that others take what is left of. */
function drawSplit(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(2, 4), (index) => place.host(index + 1));
  const names = hosts.map((_, index) => `${place.name}_b${index}`);
  const weights = names.map(() => draw.whole(1, 20));
  const clusters = names.map((name, index) => ({ name, weight: weights[index] }));
  const fraction = {
    default_value: draw.pick([
      { numerator: draw.whole(5, 60) },
      { numerator: draw.whole(500, 6000), denominator: "TEN_THOUSAND" },
      { numerator: draw.whole(50_000, 600_000), denominator: "MILLION" },
    ]),
  };
  const routes = [
    ...(draw.chance(0.6)
      ? [{ name: "some", match: { prefix: "/", runtime_fraction: fraction }, route: { cluster: names[0] } }]
      : []),
    { name: "rest", match: { prefix: "/" }, route: { weighted_clusters: { clusters } } },
  ];
  return {
    ...common(
      names.map((name, index) => clusterOf(name, [hosts[index]!])),
      hosts,
      routes,
    ),
    about: `weights ${weights}, ${routes.length > 1 ? JSON.stringify(fraction) : "no fraction"}`,
    rules: { exact: ["status", "flags", "details", "vhost", "attempt_count"] },
    groups: { field: "cluster", groups: Object.fromEntries(names.map((name) => [name, [name]])) },
    stats: ["rq_total", "no_route", "membership_healthy"],
    chanceStats: [".upstream_rq_total"],
  };
}

function common(clusters: readonly Json[], hosts: readonly Address[], routes: readonly Json[]) {
  return {
    mode: "sequential" as const,
    alsoRecorded: [],
    virtualHosts: [anyHost("app", routes)],
    clusters,
    upstreams: allOk(hosts),
    requests: Array.from({ length: REQUESTS }, (_, n) => get(n)),
    rules: { exact: RESULT_FIELDS },
  };
}
