import type { CaseContent, Endpoint, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { answering, anyHost, clusterOf, get, httpOptions, RESULT_FIELDS, textOf } from "./parts.ts";

const INTERVALS_MS = [80, 100, 120];
/** Of requests that are retried only after the last of them has come. */
const RETRY_INTERVALS_MS = [30, 40];
/**
 * Of an interval: how long after an arrival an answer comes. Answers that follow each other on a connection come
 * later by this each, so that even the sixth is clear of the next arrival; noise only adds time.
 */
const PHASE = 0.15;

/** Requests that may be retried, and the time of slow answers: clear of all arrivals. */
const RETRYING = 24;
const SLOW_MS = 908;

/** Limits under concurrent requests at a fixed rate: who is served, who waits, who is refused. */
export function drawBreakers(draw: Draw, place: Place): CaseContent {
  return draw.chance(0.7) ? drawLimits(draw, place) : drawRetryLimits(draw, place);
}

function drawLimits(draw: Draw, place: Place): CaseContent {
  const interval = draw.pick(INTERVALS_MS);
  const delay_ms = Math.round(interval * (draw.whole(4, 9) + PHASE));
  const isHttp2 = draw.chance(0.35);
  const limits = {
    ...draw.maybe(0.6, () => ({ max_connections: draw.whole(1, 5) })),
    ...draw.maybe(0.6, () => ({ max_pending_requests: draw.whole(0, 5) })),
    ...draw.maybe(0.5, () => ({ max_requests: draw.whole(1, 7) })),
  };
  const thresholds = [{ priority: "DEFAULT", ...limits, track_remaining: true }, ...drawHigh(draw)];
  const host = place.host(1);
  const connections = drawConnections(draw, isHttp2);
  const cluster = clusterOf(`${place.name}_backend`, [host], {
    ...connections,
    circuit_breakers: { thresholds, ...drawPerHost(draw) },
  });
  const protocol = isHttp2 ? ({ protocol: "http2" } as const) : {};
  const headers = { connection: "close" };
  const answer = { status: 200, delay_ms, ...(isHttp2 ? {} : draw.maybe(0.12, () => ({ headers }))) };
  return {
    ...common(place, cluster, { [textOf(host)]: { ...answering(answer), ...protocol } }),
    about: `${isHttp2 ? "HTTP/2" : "HTTP/1"}, limits ${JSON.stringify(cluster.circuit_breakers)}, ${JSON.stringify(connections)}, every ${interval} ms, served in ${delay_ms} ms`,
    requests: draw.list(draw.whole(14, 26), (n) =>
      get(n, { at_ms: n * interval, path: draw.chance(0.2) ? "/high" : "/x" }),
    ),
    rules: {
      exact: [...RESULT_FIELDS, "host", "attempts"],
      // Noise adds time, and adds up along a queue.
      range: [{ field: "duration_ms", below: 150, above: 20 }],
    },
    // Envoy sets it when it forgets a host without connections, if no pool is allowed at all.
    chanceStats: [".cx_pool_open"],
  };
}

function drawHigh(draw: Draw): Json[] {
  if (draw.chance(0.5)) return [];
  return [
    {
      priority: "HIGH",
      max_requests: draw.whole(1, 4),
      ...draw.maybe(0.4, () => ({ max_connection_pools: draw.whole(0, 1) })),
    },
  ];
}

function drawPerHost(draw: Draw): Json {
  return draw.maybe(0.2, () => ({ per_host_thresholds: [{ max_connections: draw.whole(1, 4) }] }));
}

/** How connections are made and used up. */
function drawConnections(draw: Draw, isHttp2: boolean): Json {
  const common_http_protocol_options = draw.maybe(0.2, () => ({
    max_requests_per_connection: draw.whole(1, 3),
  }));
  const http2 = draw.maybe(0.5, () => ({ max_concurrent_streams: draw.whole(1, 3) }));
  return {
    ...httpOptions(isHttp2, { common_http_protocol_options }, http2),
    ...draw.maybe(0.15, () => ({
      preconnect_policy: { per_upstream_preconnect_ratio: draw.pick([1, 1.5, 2, 3]) },
    })),
  };
}

/** Failing requests that may retry after a second, when all requests have come, as far as limit or budget allows. */
function drawRetryLimits(draw: Draw, place: Place): CaseContent {
  const interval = draw.pick(RETRY_INTERVALS_MS);
  const limit = draw.chance(0.5)
    ? { max_retries: draw.whole(0, 5) }
    : {
        retry_budget: {
          budget_percent: { value: draw.pick([1, 20, 40, 60]) },
          min_retry_concurrency: draw.whole(0, 4),
          // Longer than the case: the slots of an interval begin at any time.
          ...draw.maybe(0.4, () => ({ budget_interval: draw.pick(["3s", "5s"]) })),
        },
      };
  const host = place.host(1);
  const cluster = clusterOf(`${place.name}_backend`, [host], {
    circuit_breakers: { thresholds: [{ priority: "DEFAULT", ...limit }] },
  });
  const failing = { status: 503, headers: { "retry-after": "1" } };
  const isMixed = draw.chance(0.5);
  const script = draw.list(RETRYING, () =>
    isMixed && draw.chance(0.5) ? { status: 200, delay_ms: SLOW_MS } : failing,
  );
  const endpoint: Endpoint = { default: { status: 200, delay_ms: 0 }, script, listen: true };
  const retry_policy = {
    retry_on: "5xx",
    num_retries: 1,
    rate_limited_retry_back_off: {
      reset_headers: [{ name: "retry-after", format: "SECONDS" }],
      max_interval: "10s",
    },
  };
  return {
    ...common(place, cluster, { [textOf(host)]: endpoint }, { retry_policy }),
    about: `which failing requests may retry: ${JSON.stringify(limit)}`,
    requests: draw.list(RETRYING, (n) => get(n, { at_ms: n * interval })),
    rules: { exact: [...RESULT_FIELDS, "host", "attempts"] },
    // A retry comes at a random time, and then there is a connection for it or not.
    chanceStats: [
      ".upstream_cx_active",
      ".upstream_cx_total",
      "_cx_http1_total",
      ".upstream_rq_pending_total",
    ],
  };
}

function common(place: Place, cluster: Json, upstreams: CaseContent["upstreams"], settings: Json = {}) {
  const route = { cluster: `${place.name}_backend`, timeout: "30s", ...settings };
  return {
    mode: "concurrent" as const,
    settleMs: 50,
    alsoRecorded: [],
    virtualHosts: [
      anyHost("app", [
        { name: "high", match: { prefix: "/high" }, route: { ...route, priority: "HIGH" } },
        { name: "normal", match: { prefix: "/" }, route },
      ]),
    ],
    clusters: [cluster],
    upstreams,
  };
}
