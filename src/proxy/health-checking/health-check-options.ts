import type { Message } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import type { HttpProtocol } from "../../network/connection.ts";
import { timerDuration } from "../cluster/timer-duration.ts";

/** `core.v3.HealthCheck` with Envoy's defaults. */
export interface HealthCheckOptions {
  /** From the start of a check, the setting up of a connection included. */
  readonly timeout: Nanoseconds;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  readonly intervals: CheckIntervals;
  /** Largest delay of the first check plus 1, in milliseconds; 0: it starts at once. */
  readonly initialJitterMs: number;
  /** Whether a connection is kept for the next check. */
  readonly reuseConnection: boolean;
  readonly alwaysLogFailures: boolean;
  readonly alwaysLogSuccess: boolean;
  readonly check: HttpCheck | TcpCheck | GrpcCheck;
}

/** Between the end of a check and the next, in whole milliseconds. */
export interface CheckIntervals {
  readonly interval: number;
  readonly unhealthy: number;
  /** While failures, or successes, are counted up to a threshold. */
  readonly unhealthyEdge: number;
  readonly healthyEdge: number;
  /** As long as the cluster has never opened a connection for traffic. */
  readonly noTraffic: number;
  readonly noTrafficHealthy: number;
  /** Random addition: whole milliseconds below this, and below this share of the interval in percent. */
  readonly jitter: number;
  readonly jitterPercent: number;
  /** Bounds from runtime. */
  readonly least: number;
  readonly most: number;
}

export interface HttpCheck {
  readonly kind: "HTTP";
  readonly protocol: HttpProtocol;
  /** Its authority stands for hosts that have no name of their own; empty: the cluster's name. */
  readonly head: RequestHead;
  readonly expectedStatuses: readonly StatusRange[];
  readonly retriableStatuses: readonly StatusRange[];
  /** What `x-envoy-upstream-healthchecked-cluster` must be; null: not looked at. */
  readonly serviceName: ((text: string) => boolean) | null;
}

/** From `start` to below `end`. */
export interface StatusRange {
  readonly start: number;
  readonly end: number;
}

export interface TcpCheck {
  readonly kind: "TCP";
  /** Whether the host has to answer; otherwise it is enough that it accepts the connection. */
  readonly wantsAnswer: boolean;
}

export interface GrpcCheck {
  readonly kind: "GRPC";
  readonly head: RequestHead;
}

/** What reading needs of the proxy around it. */
export interface HealthCheckReading {
  /** The whole number that runtime has under a key, or the given one. */
  runtime(key: string, otherwise: number): number;
  compileStringMatcher(matcher: Message): (text: string) => boolean;
  /** Of requests to the cluster's hosts. */
  readonly scheme: "http" | "https";
}

const DEFAULT_NO_TRAFFIC_INTERVAL_MS = 60_000;
const USER_AGENT = "Envoy/HC";
const OK: StatusRange = { start: 200, end: 201 };

/** Reads a valid health check; undefined: its kind is not modelled. */
export function readHealthCheck(
  message: Message,
  reading: HealthCheckReading,
): HealthCheckOptions | undefined {
  const check = readCheck(message, reading);
  if (check === undefined) return undefined;
  return {
    timeout: timerDuration(message, "timeout", 0),
    unhealthyThreshold: message.number("unhealthy_threshold", 0),
    healthyThreshold: message.number("healthy_threshold", 0),
    intervals: readIntervals(message, reading),
    initialJitterMs: milliseconds(message, "initial_jitter", 0),
    reuseConnection: message.boolean("reuse_connection", true),
    alwaysLogFailures: message.boolean("always_log_health_check_failures"),
    alwaysLogSuccess: message.boolean("always_log_health_check_success"),
    check,
  };
}

function readIntervals(message: Message, { runtime }: HealthCheckReading): CheckIntervals {
  const interval = milliseconds(message, "interval", 0);
  const noTraffic = milliseconds(message, "no_traffic_interval", DEFAULT_NO_TRAFFIC_INTERVAL_MS);
  const unhealthy = milliseconds(message, "unhealthy_interval", interval);
  return {
    interval,
    unhealthy,
    unhealthyEdge: milliseconds(message, "unhealthy_edge_interval", unhealthy),
    healthyEdge: milliseconds(message, "healthy_edge_interval", interval),
    noTraffic,
    noTrafficHealthy: milliseconds(message, "no_traffic_healthy_interval", noTraffic),
    jitter: milliseconds(message, "interval_jitter", 0),
    jitterPercent: message.number("interval_jitter_percent", 0),
    least: runtime("health_check.min_interval", 0),
    most: runtime("health_check.max_interval", Number.POSITIVE_INFINITY),
  };
}

function milliseconds(message: Message, field: string, otherwise: number): number {
  return timerDuration(message, field, otherwise * MILLISECOND) / MILLISECOND;
}

function readCheck(message: Message, reading: HealthCheckReading): HealthCheckOptions["check"] | undefined {
  const http = message.message("http_health_check");
  if (http !== undefined) return readHttp(http, reading);
  const grpc = message.message("grpc_health_check");
  if (grpc !== undefined) return readGrpc(grpc, reading);
  const tcp = message.message("tcp_health_check");
  if (tcp === undefined) return undefined;
  // Which bytes are sent and wanted makes no difference: hosts answer a check as a whole, well or not.
  tcp.raw("send");
  return { kind: "TCP", wantsAnswer: tcp.messages("receive").length > 0 };
}

function readHttp(http: Message, { scheme, runtime, compileStringMatcher }: HealthCheckReading): HttpCheck {
  const matcher = http.message("service_name_matcher");
  const isVerified = matcher !== undefined && runtime("health_check.verify_cluster", 100) > 0;
  const method = http.enum("method", "METHOD_UNSPECIFIED");
  const expected = readRanges(http, "expected_statuses");
  return {
    kind: "HTTP",
    protocol:
      http.enum<"HTTP1" | "HTTP2" | "HTTP3">("codec_client_type", "HTTP1") === "HTTP2" ? "http2" : "http1",
    head: {
      method: method === "METHOD_UNSPECIFIED" ? "GET" : method,
      scheme,
      authority: http.string("host"),
      path: http.string("path"),
      headers: readHeaders(http, "request_headers_to_add", { "user-agent": [USER_AGENT] }),
      bodyBytes: 0,
    },
    expectedStatuses: expected.length === 0 ? [OK] : expected,
    retriableStatuses: readRanges(http, "retriable_statuses"),
    serviceName: isVerified ? compileStringMatcher(matcher) : null,
  };
}

function readGrpc(grpc: Message, { scheme }: HealthCheckReading): GrpcCheck {
  // Hosts answer for all their services alike.
  grpc.string("service_name");
  const headers = { te: ["trailers"], "content-type": ["application/grpc"], "user-agent": [USER_AGENT] };
  return {
    kind: "GRPC",
    head: {
      method: "POST",
      scheme,
      authority: grpc.string("authority"),
      path: "/grpc.health.v1.Health/Check",
      headers: readHeaders(grpc, "initial_metadata", headers),
      bodyBytes: 5,
    },
  };
}

function readRanges(message: Message, field: string): StatusRange[] {
  return message
    .messages(field)
    .map((range) => ({ start: range.number("start", 0), end: range.number("end", 0) }));
}

/** Headers of every check, and those that the operator adds; values are taken as they stand. */
function readHeaders(
  message: Message,
  field: string,
  always: Readonly<Record<string, readonly string[]>>,
): RequestHead["headers"] {
  const headers = new Map(Object.entries(always));
  for (const option of message.messages(field)) {
    const header = option.message("header");
    const name = header?.string("key").toLowerCase() ?? "";
    headers.set(name, [...(headers.get(name) ?? []), header?.string("value") ?? ""]);
  }
  return headers;
}
