import type { Behaviour, CaseContent, Endpoint, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { anyHost, clusterOfLocalities, get, HTTP2, hostOf, textOf } from "../parts.ts";
import { CASE_MS, type CheckKind, type DrawnCheck, drawCheck, HEALTH_STATS, TOLERANCE_MS } from "./checks.ts";
import { drawPassive } from "./passive.ts";

/** Scripts of checks end before the requests from which on hosts stay as they are. */
const MOST_CHECKS = 11;
const REQUEST_EVERY_MS = 90;
const END_FROM_MS = 3300;
const END_EVERY_MS = 8;
const END_REQUESTS = Math.floor((CASE_MS - END_FROM_MS) / END_EVERY_MS);
const STATES = ["UNKNOWN", "HEALTHY", "UNHEALTHY", "DRAINING", "TIMEOUT", "DEGRADED"];

/**
 * Active checks of hosts whose answers to checks change: the events of each host, and who gets requests in the
 * end, when checks, states from discovery and panic have come together.
 */
export function drawHealth(draw: Draw, place: Place): CaseContent {
  const kind = draw.pick<CheckKind>([
    ...["http", "http", "http", "http2", "http2", "grpc", "grpc", "tcp", "bytes", "bytes"],
  ] as CheckKind[]);
  const drawn = drawCheck(draw, kind, place);
  return kind === "http" && draw.chance(0.15)
    ? drawPassive(draw, place, drawn)
    : drawActive(draw, place, kind, drawn);
}

function drawActive(draw: Draw, place: Place, kind: CheckKind, drawn: DrawnCheck): CaseContent {
  const hosts = draw.list(draw.whole(2, 4), (index) => place.host(index + 1));
  const name = `${place.name}_backend`;
  const entries = hosts.map((host) => hostOf(host, drawState(draw)));
  // A priority of one host has all requests or none.
  const endpoints = draw.chance(0.25)
    ? entries.map((entry, priority) => ({ priority, lb_endpoints: [entry] }))
    : [{ lb_endpoints: entries }];
  const cluster = {
    ...clusterOfLocalities(name, endpoints, isOverHttp2(kind) ? HTTP2 : {}),
    common_lb_config: {
      ...draw.maybe(0.6, () => ({ healthy_panic_threshold: { value: draw.pick([0, 30]) } })),
      ...draw.maybe(0.2, () => ({ ignore_new_hosts_until_first_hc: true })),
      update_merge_window: "0s",
    },
    health_checks: [drawn.check],
  };
  const route = { cluster: name };
  const routes = [
    { name: "end", match: { path: "/end" }, route },
    { name: "all", match: { prefix: "/" }, route },
  ];
  return {
    about: `${kind} checks ${JSON.stringify(drawn.check)}`,
    mode: "concurrent",
    alsoRecorded: [],
    virtualHosts: [anyHost("app", routes)],
    clusters: [cluster],
    upstreams: Object.fromEntries(hosts.map((host) => [textOf(host), drawHost(draw, kind, drawn)])),
    requests: drawRequests(draw),
    rules: {
      exact: ["route", "vhost", "cluster"],
      set_per_route: ["host", "flags"].map((field) => ({ field, routes: ["end"] })),
      events: [{ file: "health", until_ms: CASE_MS, within_ms: TOLERANCE_MS }],
    },
    stats: HEALTH_STATS,
  };
}

function isOverHttp2(kind: CheckKind): boolean {
  return kind === "grpc" || kind === "http2";
}

/** What discovery says of a host, and whether it is checked at all. */
function drawState(draw: Draw): Json {
  return {
    ...draw.maybe(0.3, () => ({ health_status: draw.pick(STATES) })),
    ...draw.maybe(0.1, () => ({ health_check_config: { disable_active_health_check: true } })),
  };
}

/** Without traffic before the end, the intervals of clusters without traffic hold. */
function drawRequests(draw: Draw) {
  const early = draw.chance(0.6) ? Math.floor(END_FROM_MS / REQUEST_EVERY_MS) : 0;
  return [
    ...draw.list(early, (n) => get(n, { at_ms: n * REQUEST_EVERY_MS })),
    ...draw.list(END_REQUESTS, (k) =>
      get(early + k, { at_ms: END_FROM_MS + k * END_EVERY_MS, path: "/end" }),
    ),
  ];
}

/** Answers to checks come in runs, so that thresholds are reached and missed. */
function drawHost(draw: Draw, kind: CheckKind, { passing, others }: DrawnCheck): Endpoint {
  const protocol = isOverHttp2(kind) ? "http2" : "http1";
  if (draw.chance(kind === "tcp" ? 0.4 : 0.1)) return { default: { status: 200 }, listen: false, protocol };
  const script: Behaviour[] = [];
  const wanted = draw.whole(0, MOST_CHECKS);
  for (let run = draw.whole(0, 1); script.length < wanted; run++) {
    const answer = run % 2 === 0 || others.length === 0 ? passing : draw.pick(others);
    for (let left = draw.whole(1, 4); left > 0; left--) script.push(answer);
  }
  const last = others.length > 0 && draw.chance(0.3) ? draw.pick(others) : passing;
  return {
    default: { status: 200 },
    script: [],
    listen: true,
    protocol,
    health: { default: last, script: script.slice(0, wanted) },
  };
}
