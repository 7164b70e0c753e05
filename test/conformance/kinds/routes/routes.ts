import type { CaseContent, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { clusterOf, OK, RESULT_FIELDS } from "../parts.ts";
import { drawHostRewrites } from "./actions.ts";
import { drawDomains } from "./domains.ts";
import { type DrawnVirtualHost, drawRequest } from "./requests.ts";
import { drawRoute } from "./table.ts";

const CLUSTERS = 8;
const REQUESTS = 100;

/** A random route table with many unusual combinations, and requests that nearly match its routes. */
export function drawRoutes(draw: Draw, place: Place): CaseContent {
  const names = "abcdefgh".split("").map((letter) => `${place.name}_${letter}`);
  const choices = { clusters: names, hostRewrites: drawHostRewrites(draw) };
  const hosts = drawDomains(draw, draw.whole(3, 8)).map(
    (domains, number): DrawnVirtualHost => ({
      domains,
      routes: draw.list(draw.whole(3, 12), (i) => drawRoute(draw, `vh${number}_r${i}`, choices, place.name)),
    }),
  );
  const addresses = draw.list(CLUSTERS, (i) => place.host(i + 1));
  const { about, connectionManager, routeConfig } = drawOptions(draw);
  return {
    about: `route table, ${hosts.length} virtual hosts${about}`,
    mode: "sequential",
    alsoRecorded: ["responses", "upstream"],
    connectionManager,
    routeConfig,
    virtualHosts: hosts.map(({ domains, routes }, number) => ({
      name: `vh${number}`,
      domains,
      routes: [
        ...routes.map(({ route }) => route),
        ...(draw.chance(0.4) ? [restOf(`vh${number}_rest`, draw.pick(names))] : []),
      ],
    })),
    clusters: names.map((name, i) => clusterOf(name, [addresses[i]!])),
    upstreams: Object.fromEntries(addresses.map(({ address, port }) => [`${address}:${port}`, OK])),
    requests: draw.list(REQUESTS, (n) => drawRequest(draw, n, hosts, names)),
    rules: { exact: [...RESULT_FIELDS, "host", "attempts", "responses", "upstream"] },
  };
}

function restOf(name: string, cluster: string): Json {
  return { name, match: { prefix: "/" }, route: { cluster } };
}

function drawOptions(draw: Draw): { about: string; connectionManager: Json; routeConfig: Json } {
  const routeConfig = draw.maybe(0.4, () => ({ ignore_port_in_host_matching: true }));
  const path = draw.maybe(0.3, () => ({ normalize_path: true, merge_slashes: true }));
  const escaped = draw.maybe(0.15, () => ({
    path_with_escaped_slashes_action: draw.pick([
      "KEEP_UNCHANGED",
      "REJECT_REQUEST",
      "UNESCAPE_AND_REDIRECT",
      "UNESCAPE_AND_FORWARD",
    ]),
  }));
  const host = draw.maybe(0.05, () =>
    draw.pick<Json>([{ strip_any_host_port: true }, { strip_trailing_host_dot: true }]),
  );
  const connectionManager = { ...path, ...escaped, ...host };
  const about = [...Object.keys(routeConfig), ...Object.keys(connectionManager)]
    .map((name) => `; ${name}`)
    .join("");
  return { about, connectionManager, routeConfig };
}
