import { logFiles } from "../bootstrap.ts";
import type { Behaviour, CaseContent, Endpoint, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { anyHost, clusterOf, get, textOf } from "./parts.ts";

/** Between two checks, and how long one may take. */
const INTERVAL_MS = 150;
const TIMEOUT_MS = 80;
const REQUESTS = 60;
const REQUEST_EVERY_MS = 40;

/** Active HTTP checks of hosts whose answers to checks change: the sequence of health events. */
export function drawHealth(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(2, 4), (index) => place.host(index + 1));
  const check = drawCheck(draw, place);
  const cluster = clusterOf(`${place.name}_backend`, hosts, {
    common_lb_config: { healthy_panic_threshold: { value: 0 }, update_merge_window: "0s" },
    health_checks: [check],
  });
  return {
    about: `HTTP checks ${JSON.stringify(check)}`,
    mode: "concurrent",
    alsoRecorded: [],
    virtualHosts: [
      anyHost("app", [{ name: "all", match: { prefix: "/" }, route: { cluster: cluster.name } }]),
    ],
    clusters: [cluster],
    upstreams: Object.fromEntries(hosts.map((host) => [textOf(host), drawHost(draw)])),
    requests: draw.list(REQUESTS, (n) => get(n, { at_ms: n * REQUEST_EVERY_MS })),
    rules: {
      exact: ["route", "vhost", "cluster", "health"],
      // The checks run on their own timers: two intervals of phase.
      range: [{ field: "health.at_ms", below: 2 * INTERVAL_MS, above: 2 * INTERVAL_MS }],
    },
  };
}

function drawCheck(draw: Draw, { name }: Place): Json {
  return {
    timeout: `${TIMEOUT_MS / 1000}s`,
    interval: `${INTERVAL_MS / 1000}s`,
    no_traffic_interval: `${INTERVAL_MS / 1000}s`,
    unhealthy_threshold: draw.whole(1, 3),
    healthy_threshold: draw.whole(1, 3),
    http_health_check: {
      path: "/healthz",
      ...draw.maybe(0.4, () => ({ expected_statuses: [{ start: 200, end: draw.pick([201, 205, 300]) }] })),
      ...draw.maybe(0.2, () => ({ retriable_statuses: [{ start: 500, end: 504 }] })),
    },
    event_log_path: logFiles(name).health,
    ...draw.maybe(0.3, () => ({ always_log_health_check_failures: true })),
    ...draw.maybe(0.2, () => ({ always_log_health_check_success: true })),
  };
}

/** Answers to checks come in runs, so that thresholds are reached and missed. */
function drawHost(draw: Draw): Endpoint {
  if (draw.chance(0.1)) return { default: { status: 200 }, listen: false };
  const bad = draw.pick<Behaviour>([{ status: 503 }, { status: 404 }, { status: 205 }, { hang: true }]);
  const script = Array.from({ length: 6 }, (_, run) =>
    draw.list(draw.whole(1, 5), () => (run % 2 === 0 ? { status: 200 } : bad)),
  ).flat();
  return { default: { status: 200 }, script: [], listen: true, health: { default: { status: 200 }, script } };
}
