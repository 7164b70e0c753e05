import type { CaseContent, Connect, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { clusterOf, textOf } from "../parts.ts";
import { listenerAt, portAt, TCP_FIELDS, tcpProxy } from "./listeners.ts";

const CONNECTIONS = 300;

/** The shares of clusters by weight; of one that refuses, each attempt draws again. */
export function drawWeightedClusters(draw: Draw, place: Place): CaseContent {
  const weights = draw.list(draw.whole(2, 4), () => draw.whole(1, 10));
  const names = weights.map((_, index) => `${place.name}_b${index}`);
  const hosts = weights.map((_, index) => place.host(index + 1));
  const refuses = draw.chance(0.3) ? 0 : undefined;
  const max_connect_attempts = draw.whole(1, 3);
  const weighted_clusters = { clusters: names.map((name, index) => ({ name, weight: weights[index] })) };
  return {
    about: `weights ${weights}, ${refuses === undefined ? "all answer" : `the first refuses, ${max_connect_attempts} attempts`}`,
    mode: "sequential",
    alsoRecorded: [],
    virtualHosts: [],
    listeners: [
      listenerAt(place, 0, {
        filter_chains: [{ filters: [tcpProxy(place, "p", { weighted_clusters, max_connect_attempts })] }],
      }),
    ],
    clusters: names.map((name, index) => clusterOf(name, [hosts[index]!])),
    upstreams: Object.fromEntries(
      hosts.map((host, index) => [textOf(host), { default: {}, listen: index !== refuses, protocol: "tcp" }]),
    ),
    requests: draw.list(
      CONNECTIONS,
      (n): Connect => ({ n, at_ms: null, protocol: "tcp", port: portAt(place, 0) }),
    ),
    rules: { exact: TCP_FIELDS.filter((field) => ["details", "chain", "logged"].includes(field)) },
    groups: {
      field: "cluster",
      groups: Object.fromEntries(names.map((name) => [name, [name]])),
    },
    stats: ["downstream_cx_total"],
  };
}
