import type { Behaviour, CaseContent, Endpoint, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { anyHost, clusterOfLocalities, get, hostOf, RESULT_FIELDS, textOf } from "./parts.ts";

const REQUESTS = 120;
const SCRIPT = 80;
const STATUSES = [200, 500, 502, 503, 504];

/** Hosts that fail at random, chosen by a ring: who is ejected at which request, and where its keys go. */
export function drawOutliers(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(2, 7), (index) => place.host(index + 1));
  const detection = drawDetection(draw);
  const isPanicking = draw.chance(0.2);
  // The hash chooses among priorities as well.
  const first = draw.chance(0.3) ? draw.whole(1, hosts.length - 1) : hosts.length;
  const endpoints = [hosts.slice(0, first), hosts.slice(first)]
    .filter((level) => level.length > 0)
    .map((level, priority) => ({ priority, lb_endpoints: level.map((host) => hostOf(host)) }));
  const cluster = clusterOfLocalities(`${place.name}_backend`, endpoints, {
    lb_policy: "RING_HASH",
    ring_hash_lb_config: { minimum_ring_size: 1024 },
    common_lb_config: {
      ...(isPanicking ? {} : { healthy_panic_threshold: { value: 0 } }),
      update_merge_window: "0s",
    },
    outlier_detection: detection,
  });
  const upstreams = hosts.map((host) => [textOf(host), drawHost(draw)] as const);
  // A host that refuses is tried again within microseconds, before Envoy's main thread has seen the last failure.
  const retries = draw.chance(0.3) && upstreams.every(([, { listen }]) => listen !== false);
  const retry = retries ? { retry_policy: { retry_on: "5xx", num_retries: draw.whole(1, 2) } } : {};
  const hash_policy = [{ header: { header_name: "x-key" } }];
  const route = { cluster: cluster.name, timeout: "0.2s", hash_policy, ...retry };
  return {
    about: `${hosts.length} hosts, ${first} of them in the first priority, ${JSON.stringify(detection)}`,
    mode: "sequential",
    gapMs: 4,
    settleMs: 100,
    alsoRecorded: [],
    virtualHosts: [anyHost("app", [{ name: "all", match: { prefix: "/" }, route }])],
    clusters: [cluster],
    upstreams: Object.fromEntries(upstreams),
    requests: draw.list(REQUESTS, (n) => get(n, { headers: { "x-key": `k${draw.whole(0, 999)}` } })),
    rules: { exact: [...RESULT_FIELDS, "host", "attempts", "ejections"] },
  };
}

/** Nobody returns within a case, and no sweep of the detector falls into it. */
function drawDetection(draw: Draw): Json {
  const isSplit = draw.chance(0.3);
  return {
    interval: "60s",
    base_ejection_time: "60s",
    ...draw.maybe(0.8, () => ({ max_ejection_percent: draw.pick([10, 30, 40, 50, 80, 100]) })),
    ...draw.maybe(0.8, () => ({ consecutive_5xx: draw.whole(1, 6) })),
    ...draw.maybe(0.3, () => ({ enforcing_consecutive_5xx: draw.pick([0, 100]) })),
    ...draw.maybe(0.4, () => ({
      consecutive_gateway_failure: draw.whole(1, 5),
      enforcing_consecutive_gateway_failure: draw.pick([0, 100]),
    })),
    ...(isSplit ? { split_external_local_origin_errors: true } : {}),
    ...draw.maybe(isSplit ? 0.8 : 0.1, () => ({ consecutive_local_origin_failure: draw.whole(1, 5) })),
    ...draw.maybe(0.2, () => ({ always_eject_one_host: true })),
  };
}

function drawHost(draw: Draw): Endpoint {
  const kind = draw.whole(1, 10);
  if (kind === 1) return { default: { status: 200 }, listen: false };
  const failing = draw.pick([0, 0.2, 0.5, 0.9]);
  const one = (): Behaviour => {
    if (!draw.chance(failing)) return { status: 200 };
    return draw.chance(0.1)
      ? { reset: "before_headers", reset_kind: "fin" }
      : { status: draw.pick(STATUSES) };
  };
  return { default: { status: 200 }, script: draw.list(SCRIPT, one), listen: true };
}
