import { logFiles } from "../../bootstrap.ts";
import type { Behaviour, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { seconds } from "../parts.ts";

/** `http2`: HTTP checks over HTTP/2; `bytes`: TCP checks that want an answer. */
export type CheckKind = "http" | "http2" | "tcp" | "bytes" | "grpc";

/** From the first request to the last. */
export const CASE_MS = 3800;
/** Envoy's timers are late by some milliseconds each, and the phase of the checks is free. */
export const TOLERANCE_MS = 300;
export const HEALTH_STATS = [
  "membership_total",
  "membership_healthy",
  "membership_degraded",
  "membership_excluded",
  "health_check.healthy",
  "health_check.degraded",
];
/** Between two checks, and how long one may take. */
const INTERVAL_MS = 150;
const TIMEOUT_MS = 120;
const GRPC = { "content-type": "application/grpc" };
const SERVICE = { "x-envoy-upstream-healthchecked-cluster": "checkout-v2" };

/** One health check, and the answers that hosts may give to it. */
export interface DrawnCheck {
  readonly check: Json;
  readonly passing: Behaviour;
  readonly others: readonly Behaviour[];
}

/** Intervals differ enough for the wrong one to be seen after a few checks. */
export function drawCheck(draw: Draw, kind: CheckKind, { name }: Place): DrawnCheck {
  const common = {
    timeout: seconds(TIMEOUT_MS),
    interval: seconds(INTERVAL_MS),
    no_traffic_interval: seconds(draw.pick([INTERVAL_MS, 100, 220])),
    unhealthy_threshold: draw.whole(1, 3),
    healthy_threshold: draw.whole(1, 3),
    event_log_path: logFiles(name).health,
    ...drawIntervals(draw),
    ...draw.maybe(0.2, () => ({ reuse_connection: false })),
    ...draw.maybe(0.4, () => ({ always_log_health_check_failures: true })),
    ...draw.maybe(0.4, () => ({ always_log_health_check_success: true })),
  };
  switch (kind) {
    case "tcp":
      return { check: { ...common, tcp_health_check: {} }, passing: { status: 200 }, others: [] };
    case "bytes":
      return drawBytes(draw, common);
    case "grpc":
      return { ...drawGrpcAnswers(draw), check: { ...common, grpc_health_check: drawGrpc(draw) } };
    case "http":
      return drawHttp(draw, common);
    case "http2":
      return overHttp2(draw, drawHttp(draw, common));
  }
}

/** A request that hosts of HTTP take for a check, and parts of the good answer in their order. */
function drawBytes(draw: Draw, common: Json): DrawnCheck {
  const send = "GET /healthz HTTP/1.1\r\nhost: health.test\r\nuser-agent: Envoy/HC\r\n\r\n";
  const receive = draw.pick([
    ["HTTP/1.1 200"],
    ["200 OK"],
    ["HTTP/1.1", "200"],
    ["HTTP/1.1 200", "content-length: 0"],
  ]);
  const tcp_health_check = { send: payload(send), receive: receive.map(payload) };
  return {
    check: { ...common, tcp_health_check },
    passing: { status: 200 },
    others: [
      { status: 503 },
      { status: 404 },
      { hang: true },
      { reset: "before_headers", reset_kind: draw.pick(["fin", "rst"]) },
    ],
  };
}

function payload(text: string): Json {
  return { text: Buffer.from(text).toString("hex") };
}

/** Streams are reset in the place of connections, and no answer closes one. */
function overHttp2(draw: Draw, { check, passing, others }: DrawnCheck): DrawnCheck {
  const http = check.http_health_check as Json;
  return {
    check: { ...check, http_health_check: { ...http, codec_client_type: "HTTP2" } },
    passing,
    others: others
      .filter(({ headers }) => headers?.connection === undefined)
      .map((each) =>
        each.reset === undefined ? each : { reset: each.reset, h2_error: draw.pick([2, 7, 8]) },
      ),
  };
}

function drawIntervals(draw: Draw): Json {
  return {
    ...draw.maybe(0.3, () => ({ unhealthy_interval: seconds(draw.pick([80, 230])) })),
    ...draw.maybe(0.3, () => ({ unhealthy_edge_interval: seconds(60) })),
    ...draw.maybe(0.3, () => ({ healthy_edge_interval: seconds(draw.pick([70, 240])) })),
    ...draw.maybe(0.2, () => ({ no_traffic_healthy_interval: seconds(260) })),
    ...draw.maybe(0.15, () => ({ interval_jitter: seconds(20) })),
    ...draw.maybe(0.15, () => ({ interval_jitter_percent: 15 })),
    ...draw.maybe(0.15, () => ({ initial_jitter: seconds(60) })),
  };
}

function drawGrpc(draw: Draw): Json {
  return draw.maybe(0.5, () => ({ service_name: "checkout" })) as Json;
}

function drawGrpcAnswers(draw: Draw): Omit<DrawnCheck, "check"> {
  return {
    passing: { headers: GRPC },
    others: [
      { grpc_status: draw.pick([5, 12, 14]) },
      { grpc_status: 0 },
      { status: 503 },
      { hang: true },
      { reset: "before_headers", h2_error: draw.pick([2, 7, 8]) },
    ],
  };
}

function drawHttp(draw: Draw, common: Json): DrawnCheck {
  const isNamed = draw.chance(0.25);
  const http_health_check = {
    path: "/healthz",
    ...draw.maybe(0.4, () => ({ expected_statuses: [{ start: 200, end: draw.pick([201, 205, 300]) }] })),
    ...draw.maybe(0.3, () => ({ retriable_statuses: [{ start: 500, end: draw.pick([503, 504]) }] })),
    ...(isNamed ? { service_name_matcher: { prefix: "checkout" } } : {}),
    ...draw.maybe(0.2, () => ({ host: "health.test" })),
    ...draw.maybe(0.2, () => ({ method: "HEAD" })),
  };
  const named = isNamed ? { headers: SERVICE } : {};
  const others: Behaviour[] = [
    { status: 503, ...named },
    { status: 404, ...named },
    { status: 204, ...named },
    { hang: true },
    { reset: "before_headers", reset_kind: draw.pick(["fin", "rst"]) },
    { status: 503, headers: { ...named.headers, "x-envoy-immediate-health-check-fail": "true" } },
    { status: 200, headers: { ...named.headers, "x-envoy-degraded": "true" } },
    { status: 200, headers: { ...named.headers, connection: "close" } },
    ...(isNamed ? [{ headers: { "x-envoy-upstream-healthchecked-cluster": "cart" } }, { status: 200 }] : []),
  ];
  return { check: { ...common, http_health_check }, passing: { status: 200, ...named }, others };
}
