import type { CaseContent, Endpoint, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import {
  type Address,
  answering,
  anyHost,
  clusterOf,
  get,
  httpOptions,
  INTERNAL_CLIENTS,
  OK,
  RESULT_FIELDS,
  seconds,
  textOf,
} from "./parts.ts";

const ROUTES = 8;
const REQUESTS = 16;
/** These and the sums of per-try timeouts keep apart, so that it is clear which comes first. */
const TIMEOUTS_MS = [40, 140, 200, 400];
const DELAYS_MS = [0, 60, 160, 310];
const PER_TRY_MS = [90, 115, 700];
const IDLE_MS = [0, 100, 285];
const STREAM_MS = [75, 258];
/** Of one attempt. */
const ATTEMPT_MS = [82, 245];
/** Too short to be noticed. */
const QUICK_BACK_OFF = { retry_back_off: { base_interval: "0.001s", max_interval: "0.002s" } };
/** Longer than connecting may take, but for a host that never gives up. */
const SETTLE_MS = 170;
const FULL_QUEUE: Endpoint = { listen: true, accept_queue: "full" };

/** A cluster that fails in one way, and the settings of its route. */
interface Failure {
  readonly about: string;
  readonly endpoint: Endpoint;
  readonly cluster?: Json;
  readonly route?: Json;
}

/** Timeouts of all kinds, refusals, resets and hosts that are not there: flags, details, durations. */
export function drawFailures(draw: Draw, place: Place): CaseContent {
  const failures = draw.list(ROUTES, () => drawFailure(draw));
  const hosts = failures.map((_, i) => place.host(i + 1));
  const routes = failures.map(({ route }, i) => ({
    name: `r${i}`,
    match: { path: `/r${i}` },
    route: { cluster: `${place.name}_b${i}`, ...route },
  }));
  const manager = {
    ...draw.maybe(0.6, () => INTERNAL_CLIENTS),
    ...draw.maybe(0.1, () => ({ stream_idle_timeout: seconds(draw.pick(TIMEOUTS_MS)) })),
    ...draw.maybe(0.1, () => ({
      common_http_protocol_options: { max_stream_duration: seconds(draw.pick([0, ...STREAM_MS])) },
    })),
  };
  return {
    about: failures.map(({ about }) => about).join("; "),
    mode: "sequential",
    ...(failures.some(({ endpoint }) => endpoint === FULL_QUEUE) ? { settleMs: SETTLE_MS } : {}),
    alsoRecorded: ["upstream"],
    upstreamHeaders: ["x-envoy-expected-rq-timeout-ms"],
    connectionManager: manager,
    virtualHosts: [anyHost("app", routes)],
    clusters: failures.map(({ cluster }, i) => configured(`${place.name}_b${i}`, hosts[i]!, cluster ?? {})),
    upstreams: Object.fromEntries(failures.map(({ endpoint }, i) => [textOf(hosts[i]!), endpoint])),
    requests: draw.list(REQUESTS, (n) =>
      get(n, {
        method: draw.pick(["GET", "GET", "POST"]),
        path: `/r${draw.whole(0, ROUTES - 1)}`,
        headers: drawHeaders(draw),
      }),
    ),
    rules: {
      exact: [...RESULT_FIELDS, "host", "attempts", "upstream"],
      // Noise of the machine only adds time.
      range: [{ field: "duration_ms", below: 60, above: 8 }],
    },
  };
}

function configured(name: string, host: Address, { health_status, drop_overloads, ...settings }: Json): Json {
  const cluster = clusterOf(name, [host], settings);
  const endpoint = (clusterOf(name, [host]).load_assignment as { endpoints: [{ lb_endpoints: [Json] }] })
    .endpoints[0].lb_endpoints[0];
  const sick = health_status === undefined ? endpoint : { ...endpoint, health_status };
  const policy = drop_overloads === undefined ? {} : { policy: { drop_overloads } };
  return {
    ...cluster,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [sick] }], ...policy },
  };
}

function drawFailure(draw: Draw): Failure {
  return draw.chance(0.6) ? drawTimeout(draw) : draw.pick(OTHER_FAILURES);
}

/** A host that is slow or silent below timeouts of a route, each present or not. */
function drawTimeout(draw: Draw): Failure {
  const delay_ms = draw.pick(DELAYS_MS);
  const isSilent = draw.chance(0.35);
  const time = () => seconds(draw.pick(TIMEOUTS_MS));
  const retry = draw.maybe(0.35, () => ({
    retry_policy: {
      retry_on: draw.pick(["5xx", "gateway-error", "reset", "retriable-4xx"]),
      num_retries: draw.whole(0, 2),
      ...draw.maybe(0.8, () => ({ per_try_timeout: seconds(draw.pick(PER_TRY_MS)) })),
      ...draw.maybe(0.2, () => ({ per_try_idle_timeout: seconds(draw.pick([50, 265])) })),
      ...QUICK_BACK_OFF,
    },
  }));
  const route = {
    // Silence must end.
    timeout: draw.chance(0.15) && !isSilent ? "0s" : time(),
    ...draw.maybe(0.15, () => ({ idle_timeout: seconds(draw.pick(IDLE_MS)) })),
    ...draw.maybe(0.15, () => drawStreamDuration(draw, isSilent)),
    ...retry,
  };
  const about = isSilent ? "silent" : `answers in ${delay_ms} ms`;
  const isHttp2 = draw.chance(0.15);
  const common = draw.maybe(0.15, () => ({ max_stream_duration: seconds(draw.pick(ATTEMPT_MS)) }));
  return {
    about,
    endpoint: {
      ...answering(isSilent ? { hang: true } : { status: 200, delay_ms }),
      ...(isHttp2 ? { protocol: "http2" } : {}),
    },
    cluster: httpOptions(isHttp2, { common_http_protocol_options: common }),
    route,
  };
}

/** Limits of the whole exchange, and of what a `grpc-timeout` asks for. */
function drawStreamDuration(draw: Draw, isSilent: boolean): Json {
  if (draw.chance(0.3))
    return {
      max_grpc_timeout: seconds(isSilent ? 115 : draw.pick([0, 115])),
      grpc_timeout_offset: seconds(draw.pick([0, 25])),
    };
  const limits = {
    // With this message the route has no other time limit: silence must end.
    ...(isSilent || draw.chance(0.7) ? { max_stream_duration: seconds(draw.pick(STREAM_MS)) } : {}),
    ...draw.maybe(0.4, () => ({
      grpc_timeout_header_max: seconds(draw.pick([0, 115])),
      ...draw.maybe(0.5, () => ({ grpc_timeout_header_offset: seconds(25) })),
    })),
    ...(isSilent ? {} : draw.maybe(0.15, () => ({ max_stream_duration: "0s" }))),
  };
  return { max_stream_duration: limits };
}

const SHORT = { timeout: "0.3s" };
const OTHER_FAILURES: readonly Failure[] = [
  { about: "refused", endpoint: { listen: false }, route: SHORT },
  {
    about: "unhealthy",
    endpoint: OK,
    cluster: { health_status: "UNHEALTHY", common_lb_config: { healthy_panic_threshold: { value: 0 } } },
  },
  { about: "panic", endpoint: OK, cluster: { health_status: "DRAINING" } },
  {
    about: "fails on panic",
    endpoint: OK,
    cluster: {
      health_status: "UNHEALTHY",
      common_lb_config: { zone_aware_lb_config: { fail_traffic_on_panic: true } },
    },
  },
  {
    about: "dropped",
    endpoint: OK,
    cluster: {
      drop_overloads: [{ category: "x", drop_percentage: { numerator: 100, denominator: "HUNDRED" } }],
    },
  },
  {
    about: "never connected",
    endpoint: FULL_QUEUE,
    cluster: { connect_timeout: "0.15s" },
    route: { timeout: "2s" },
  },
  {
    about: "slowly connected",
    endpoint: FULL_QUEUE,
    cluster: { connect_timeout: "20s" },
    route: { timeout: "0.2s" },
  },
  {
    about: "never connected, retried",
    endpoint: FULL_QUEUE,
    cluster: { connect_timeout: "0.12s" },
    route: {
      timeout: "2s",
      retry_policy: { retry_on: "connect-failure", num_retries: 1, ...QUICK_BACK_OFF },
    },
  },
  { about: "closed", endpoint: answering({ reset: "before_headers", reset_kind: "fin" }), route: SHORT },
  { about: "reset", endpoint: answering({ reset: "before_headers", reset_kind: "rst" }), route: SHORT },
  { about: "broken off", endpoint: answering({ status: 200, reset: "after_headers" }), route: SHORT },
  { about: "garbage", endpoint: answering({ garbage: true }), route: SHORT },
  {
    about: "reset late",
    endpoint: answering({ reset: "before_headers", reset_kind: "fin", delay_ms: 90 }),
    route: SHORT,
  },
  ...[204, 304, 401, 418, 429, 500, 503, 599].map((status) => ({
    about: `status ${status}`,
    endpoint: answering({ status }),
    route: SHORT,
  })),
];

function drawHeaders(draw: Draw): Record<string, string> {
  return {
    ...draw.maybe(0.15, () => ({ "x-envoy-upstream-rq-timeout-ms": draw.pick(["40", "140", "400", "x"]) })),
    ...draw.maybe(0.12, () => ({
      "x-envoy-upstream-rq-per-try-timeout-ms": draw.pick(["90", "115", "700"]),
    })),
    ...draw.maybe(0.06, () => ({
      "x-envoy-upstream-stream-duration-ms": draw.pick(["82", "245", "0", "x"]),
    })),
    ...draw.maybe(0.08, () => ({ "grpc-timeout": draw.pick(["180m", "20m", "1S", "x"]) })),
    ...draw.maybe(0.06, () => ({ "content-type": "application/grpc" })),
    ...draw.maybe(0.08, () => ({ "x-envoy-upstream-rq-timeout-alt-response": "1" })),
  };
}
