import type { CaseContent, Endpoint, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { answering, anyHost, clusterOf, get, HTTP2, RESULT_FIELDS, textOf } from "./parts.ts";

const INTERVALS_MS = [30, 40, 50];
/**
 * Of an interval: how long after an arrival an answer comes. Answers that follow each other on a connection come
 * later by this each, so that even the sixth is clear of the next arrival; noise only adds time.
 */
const PHASE = 0.15;

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
  const cluster = clusterOf(`${place.name}_backend`, [host], {
    ...(isHttp2 ? HTTP2 : {}),
    circuit_breakers: { thresholds },
  });
  const protocol = isHttp2 ? ({ protocol: "http2" } as const) : {};
  return {
    ...common(place, cluster, { [textOf(host)]: { ...answering({ status: 200, delay_ms }), ...protocol } }),
    about: `${isHttp2 ? "HTTP/2" : "HTTP/1"}, limits ${JSON.stringify(thresholds)}, every ${interval} ms, served in ${delay_ms} ms`,
    requests: draw.list(draw.whole(14, 26), (n) =>
      get(n, { at_ms: n * interval, path: draw.chance(0.2) ? "/high" : "/x" }),
    ),
    rules: {
      exact: [...RESULT_FIELDS, "host", "attempts"],
      // Noise adds time, and adds up along a queue.
      range: [{ field: "duration_ms", below: 150, above: 20 }],
    },
  };
}

function drawHigh(draw: Draw): Json[] {
  return draw.chance(0.5) ? [{ priority: "HIGH", max_requests: draw.whole(1, 4) }] : [];
}

/** Failing requests that may retry after a second, as far as limit or budget allows. */
function drawRetryLimits(draw: Draw, place: Place): CaseContent {
  const interval = draw.pick(INTERVALS_MS);
  const limit = draw.chance(0.5)
    ? { max_retries: draw.whole(0, 5) }
    : {
        retry_budget: {
          budget_percent: { value: draw.pick([1, 20, 40, 60]) },
          min_retry_concurrency: draw.whole(0, 4),
        },
      };
  const host = place.host(1);
  const cluster = clusterOf(`${place.name}_backend`, [host], {
    circuit_breakers: { thresholds: [{ priority: "DEFAULT", ...limit }] },
  });
  const failing = { status: 503, headers: { "retry-after": "1" } };
  const isMixed = draw.chance(0.5);
  const script = draw.list(24, () =>
    isMixed && draw.chance(0.5) ? { status: 200, delay_ms: 900 } : failing,
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
    requests: draw.list(24, (n) => get(n, { at_ms: n * interval })),
    rules: { exact: [...RESULT_FIELDS, "host", "attempts"] },
  };
}

function common(place: Place, cluster: Json, upstreams: CaseContent["upstreams"], settings: Json = {}) {
  const route = { cluster: `${place.name}_backend`, timeout: "6s", ...settings };
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
