import type { Behaviour, CaseContent, Endpoint, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { anyHost, clusterOf, get, textOf } from "../parts.ts";
import { drawDetection } from "./detection.ts";

/** Between two sweeps; no whole number of seconds, which the event log cuts off. */
const INTERVAL_MS = 1050;
const WINDOWS = 5;
/** Requests fall between two sweeps, away from both, whatever their phase is. */
const WINDOW_FROM_MS = 250;
const REQUESTS_A_WINDOW = 70;
const REQUEST_EVERY_MS = 5;
const CASE_MS = WINDOWS * INTERVAL_MS;
/** The phase of the sweeps is free, and each is late by some milliseconds. */
const TOLERANCE_MS = 200;
const RATES = ["eject_success_rate_event", "eject_failure_percentage_event"];
const STATS = [
  "ejections_active",
  "ejections_overflow",
  "ejections_enforced_total",
  "ejections_total",
  "ejections_consecutive_5xx",
  "ejections_success_rate",
  "ejections_detected_degradation",
  ...[
    "consecutive_5xx",
    "consecutive_gateway_failure",
    "consecutive_local_origin_failure",
    "success_rate",
    "local_origin_success_rate",
    "failure_percentage",
    "local_origin_failure_percentage",
  ].flatMap((name) => [`ejections_detected_${name}`, `ejections_enforced_${name}`]),
].map((name) => `outlier_detection.${name}`);

/** Detectors that sweep: who is ejected by rates, returns, is ejected for longer, or counts as degraded. */
export function drawSweeps(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(2, 5), (index) => place.host(index + 1));
  const { detection, mayLimit, actsBetweenSweeps } = drawDetection(draw, hosts.length);
  const cluster = clusterOf(`${place.name}_backend`, hosts, {
    lb_policy: "RING_HASH",
    ring_hash_lb_config: { minimum_ring_size: 1024 },
    common_lb_config: {
      ...draw.maybe(0.7, () => ({ healthy_panic_threshold: { value: 0 } })),
      update_merge_window: "0s",
    },
    outlier_detection: { interval: `${INTERVAL_MS / 1000}s`, ...detection },
    ...draw.maybe(0.2, () => ({ health_checks: [drawCheck(draw)] })),
  });
  const hash_policy = [{ header: { header_name: "x-key" } }];
  const route = { cluster: cluster.name, timeout: "0.5s", hash_policy };
  return {
    about: `${hosts.length} hosts, ${JSON.stringify(cluster)}`,
    mode: "concurrent",
    settleMs: 100,
    alsoRecorded: [],
    virtualHosts: [anyHost("app", [{ name: "all", match: { prefix: "/" }, route }])],
    clusters: [cluster],
    upstreams: Object.fromEntries(
      // Where not all may go, the order in which Envoy looks at hosts is free: only one is bad.
      hosts.map((host, index) => [textOf(host), index > 0 && mayLimit ? HEALTHY : drawHost(draw)]),
    ),
    requests: draw.list(WINDOWS * REQUESTS_A_WINDOW, (n) =>
      get(n, { at_ms: instantOf(n), headers: { "x-key": `k${draw.whole(0, 999)}` } }),
    ),
    rules: {
      // Requests that a slow machine lets overtake one another get each other's answers, and what is under way at an
      // ejection goes to its host or to the next one by microseconds.
      exact: actsBetweenSweeps ? [] : ["host"],
      events: [
        {
          file: "ejections",
          until_ms: CASE_MS,
          within_ms: TOLERANCE_MS,
          ...(actsBetweenSweeps ? { without: RATES } : {}),
        },
      ],
    },
    stats: [...STATS, "membership_healthy", "membership_degraded"],
  };
}

const HEALTHY: Endpoint = { default: { status: 200 }, script: [], listen: true };

function instantOf(n: number): number {
  const window = Math.floor(n / REQUESTS_A_WINDOW);
  return window * INTERVAL_MS + WINDOW_FROM_MS + (n % REQUESTS_A_WINDOW) * REQUEST_EVERY_MS;
}

/** Checks at about the instants of the sweeps: ejected hosts may come back by them. */
function drawCheck(draw: Draw): Json {
  return {
    timeout: "0.2s",
    interval: `${INTERVAL_MS / 1000}s`,
    no_traffic_interval: `${INTERVAL_MS / 1000}s`,
    unhealthy_threshold: draw.whole(1, 3),
    healthy_threshold: draw.whole(1, 2),
    http_health_check: { path: "/healthz" },
  };
}

function drawHost(draw: Draw): Endpoint {
  if (draw.chance(0.1)) return { default: { status: 200 }, listen: false };
  const failing = draw.pick([0, 0.1, 0.3, 0.6, 1]);
  const degraded = draw.pick([0, 0, 0, 0.1]);
  const one = (): Behaviour => {
    if (draw.chance(degraded)) return { status: 200, headers: { "x-envoy-degraded": "1" } };
    if (!draw.chance(failing)) return { status: 200 };
    return draw.chance(0.15)
      ? { reset: "before_headers", reset_kind: "fin" }
      : { status: draw.pick([500, 502, 503, 504]) };
  };
  const script = draw.list(WINDOWS * REQUESTS_A_WINDOW, one);
  return { default: { status: 200 }, script, listen: true };
}
