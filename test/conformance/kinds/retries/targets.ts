import type { CaseContent, Endpoint, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { drawEndpoint } from "../behaviours.ts";
import { clusterOf, clusterOfLocalities, hostOf, httpOptions, textOf } from "../parts.ts";
import { drawRetryPolicy } from "./policy.ts";

/** Of one attempt: its sums stay away from those of per-try timeouts and from the timeouts of routes. */
const MAX_DURATIONS_MS = [110];
/** Hosts of one cluster. */
const MOST_HOSTS = 3;
const CANARY = { filter_metadata: { "envoy.lb": { canary: true } } };

/** Hashes leave no host to chance. */
export const BY_KEY: Json = { hash_policy: [{ header: { header_name: "x-key" } }] };

/** A cluster with what its hosts do, and what its routes need to leave no host to chance. */
export interface Target {
  readonly cluster: Json;
  readonly upstreams: CaseContent["upstreams"];
  readonly route: Json;
}

/** One host; a host in each of some priorities; or a hash of a header among hosts. */
export function drawTarget(draw: Draw, place: Place, index: number): Target {
  const isHttp2 = draw.chance(0.15);
  const name = `${place.name}_b${index}`;
  const settings = drawSettings(draw, isHttp2);
  const kind = draw.whole(1, 10);
  const hosts = draw.list(kind <= 6 ? 1 : draw.whole(2, MOST_HOSTS), (i) =>
    place.host(1 + index * MOST_HOSTS + i),
  );
  const upstreams: Record<string, Endpoint> = {};
  for (const host of hosts) upstreams[textOf(host)] = drawEndpoint(draw, isHttp2);
  if (kind <= 6) return { cluster: clusterOf(name, hosts, settings), upstreams, route: {} };
  if (kind <= 8) {
    const localities = hosts.map((host, priority) => ({ priority, lb_endpoints: [hostOf(host)] }));
    return { cluster: clusterOfLocalities(name, localities, settings), upstreams, route: {} };
  }
  const endpoints = hosts.map((host) =>
    hostOf(
      host,
      draw.maybe(0.3, () => ({ metadata: CANARY })),
    ),
  );
  const lb_policy = draw.pick(["RING_HASH", "MAGLEV"]);
  return {
    cluster: clusterOfLocalities(name, [{ lb_endpoints: endpoints }], { ...settings, lb_policy }),
    upstreams,
    route: BY_KEY,
  };
}

/** What a cluster itself says of attempts, retries and connections. */
function drawSettings(draw: Draw, isHttp2: boolean): Json {
  const common = {
    ...draw.maybe(0.15, () => ({ max_stream_duration: `${draw.pick(MAX_DURATIONS_MS) / 1000}s` })),
    ...draw.maybe(0.12, () => ({ max_requests_per_connection: draw.whole(1, 3) })),
  };
  const retries = draw.maybe(0.12, () => {
    const { refresh_cluster_on_retry: _notSimulated, ...retry_policy } = drawRetryPolicy(draw);
    return { retry_policy };
  });
  return {
    ...httpOptions(isHttp2, { common_http_protocol_options: common, ...retries }),
    ...draw.maybe(0.15, () => ({
      circuit_breakers: {
        thresholds: [draw.chance(0.5) ? { max_retries: draw.whole(0, 1) } : drawBudget(draw)],
      },
    })),
  };
}

function drawBudget(draw: Draw): Json {
  const min_retry_concurrency = draw.whole(0, 1);
  return {
    retry_budget: { budget_percent: { value: draw.pick([0, 50, 100]) }, min_retry_concurrency },
  };
}
