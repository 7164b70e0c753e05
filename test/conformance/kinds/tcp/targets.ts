import type { Behaviour, CaseContent, Endpoint, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { type Address, clusterOfLocalities, hostOf, seconds, textOf } from "../parts.ts";

/** Until an attempt to connect is given up: sums of up to three keep away from other times. */
const CONNECT_MS = 115;
const MOST_HOSTS = 3;
const CLOSED: Endpoint = { listen: false, protocol: "tcp" };
const FULL_QUEUE: Endpoint = { listen: true, accept_queue: "full", protocol: "tcp" };
const LB = "envoy.lb";

/** A cluster with its hosts, and what a TCP proxy needs to say so that no host is left to chance. */
export interface TcpTarget {
  readonly name: string;
  /** Undefined: it does not exist. */
  readonly cluster: Json | undefined;
  readonly upstreams: CaseContent["upstreams"];
  readonly proxy: Json;
  /** Several attempts might come before Envoy's main thread has ejected a host. */
  readonly needsOneAttempt: boolean;
}

export function drawTcpTarget(draw: Draw, place: Place, index: number): TcpTarget {
  const name = `${place.name}_b${index}`;
  const hosts = draw.list(MOST_HOSTS, (i) => place.host(1 + index * MOST_HOSTS + i));
  const kind = draw.whole(1, 20);
  const plain = { name, upstreams: {}, proxy: {}, needsOneAttempt: false };
  if (kind === 1) return { ...plain, cluster: undefined };
  if (kind === 2) return { ...plain, cluster: clusterOfLocalities(name, [], connect()) };
  if (kind <= 10) return { ...plain, ...ofOne(draw, name, hosts[0]!) };
  if (kind <= 14) return { ...plain, ...ofPriorities(draw, name, hosts) };
  if (kind <= 18) return { ...plain, ...ofHash(draw, name, hosts) };
  return { ...plain, ...ofSubset(draw, name, hosts) };
}

function connect(): Json {
  return { connect_timeout: seconds(CONNECT_MS) };
}

type Part = Pick<TcpTarget, "cluster" | "upstreams"> & Partial<TcpTarget>;

function ofOne(draw: Draw, name: string, host: Address): Part {
  const settings = {
    ...connect(),
    ...draw.maybe(0.15, () => ({
      circuit_breakers: {
        thresholds: [
          draw.pick([{ max_connections: 0 }, { max_pending_requests: 0 }, { max_connections: 1 }]),
        ],
      },
    })),
    ...draw.maybe(0.15, () => ({
      circuit_breakers: { per_host_thresholds: [{ max_connections: draw.whole(1, 2) }] },
    })),
    common_lb_config: { healthy_panic_threshold: { value: draw.pick([0, 50]) } },
  };
  const health = draw.maybe(0.15, () => ({
    health_status: draw.pick(["UNHEALTHY", "DRAINING", "DEGRADED"]),
  }));
  return {
    cluster: clusterOfLocalities(name, [{ lb_endpoints: [hostOf(host, health)] }], settings),
    upstreams: { [textOf(host)]: drawTcpEndpoint(draw) },
  };
}

/** The first priority fails at times, and its host may be ejected for it. */
function ofPriorities(draw: Draw, name: string, hosts: readonly Address[]): Part {
  const endpoints = hosts.map((host, priority) => ({ priority, lb_endpoints: [hostOf(host)] }));
  const isWatched = draw.chance(0.7);
  const detection = {
    interval: "60s",
    base_ejection_time: "60s",
    max_ejection_percent: draw.pick([100, 50, 10]),
    consecutive_5xx: draw.whole(1, 3),
    consecutive_gateway_failure: draw.whole(1, 4),
    enforcing_consecutive_gateway_failure: draw.pick([0, 100]),
    ...draw.maybe(0.4, () => ({
      split_external_local_origin_errors: true,
      consecutive_local_origin_failure: draw.whole(1, 3),
    })),
  };
  return {
    cluster: clusterOfLocalities(name, endpoints, {
      ...connect(),
      ...(isWatched ? { outlier_detection: detection } : {}),
      // In panic chance would choose among priorities.
      common_lb_config: { update_merge_window: "0s", healthy_panic_threshold: { value: 0 } },
    }),
    upstreams: {
      [textOf(hosts[0]!)]: draw.chance(0.8) ? CLOSED : FULL_QUEUE,
      ...Object.fromEntries(hosts.slice(1).map((host) => [textOf(host), drawTcpEndpoint(draw)])),
    },
    needsOneAttempt: isWatched,
  };
}

function ofHash(draw: Draw, name: string, hosts: readonly Address[]): Part {
  const entries = hosts.map((host) => hostOf(host, { load_balancing_weight: draw.whole(1, 4) }));
  return {
    cluster: clusterOfLocalities(name, [{ lb_endpoints: entries }], {
      ...connect(),
      lb_policy: draw.pick(["RING_HASH", "MAGLEV"]),
    }),
    upstreams: Object.fromEntries(hosts.map((host) => [textOf(host), drawTcpEndpoint(draw)])),
    proxy: { hash_policy: [{ source_ip: {} }] },
  };
}

function ofSubset(draw: Draw, name: string, hosts: readonly Address[]): Part {
  const metadata = (version: string): Json => ({ filter_metadata: { [LB]: { version } } });
  const entries = hosts.map((host, index) => hostOf(host, { metadata: metadata(`v${index}`) }));
  const fallback_policy = draw.pick(["NO_FALLBACK", "DEFAULT_SUBSET"]);
  return {
    cluster: clusterOfLocalities(name, [{ lb_endpoints: entries }], {
      ...connect(),
      lb_subset_config: {
        fallback_policy,
        default_subset: { version: "v0" },
        subset_selectors: [{ keys: ["version"] }],
      },
    }),
    upstreams: Object.fromEntries(hosts.map((host) => [textOf(host), drawTcpEndpoint(draw)])),
    proxy:
      draw.chance(0.9) || fallback_policy === "NO_FALLBACK"
        ? { metadata_match: metadata(draw.pick(["v0", "v1", "v2", "v9"])) }
        : {},
  };
}

/** A host that answers, or one that fails in its way. */
export function drawTcpEndpoint(draw: Draw): Endpoint {
  const kind = draw.whole(1, 10);
  if (kind === 1) return CLOSED;
  if (kind === 2) return FULL_QUEUE;
  const behaviour: Behaviour = draw.pick([
    {},
    {},
    {},
    { delay_ms: 60 },
    { delay_ms: 150 },
    { hang: true },
    { reset: "after_data", reset_kind: "fin" },
    { reset: "after_data", reset_kind: "rst" },
    { speaks_first: true },
  ]);
  return { default: behaviour, listen: true, protocol: "tcp" };
}
