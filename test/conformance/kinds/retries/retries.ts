import type { CaseContent, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { anyHost, clusterOf, get, INTERNAL_CLIENTS, OK, RESULT_FIELDS, textOf } from "../parts.ts";
import { drawRetryPolicy } from "./policy.ts";
import { drawRetryHeaders } from "./requests.ts";
import { BY_KEY, drawTarget, type Target } from "./targets.ts";

const ROUTES = 8;
const REQUESTS = 16;
/** Of routes: away from all sums of per-try timeouts. */
const TIMEOUTS_MS = [300, 460];
const HEDGING = { hedge_policy: { hedge_on_per_try_timeout: true } };
/** Requests have a number in it. */
const KEY = "x-key";
/** The place of the host that gets copies, behind those of all routes. */
const MIRROR = 240;

/** Random retry policies of clusters, routes and virtual host against every upstream behaviour, with request headers. */
export function drawRetries(draw: Draw, place: Place): CaseContent {
  const targets = draw.list(ROUTES, (i) => drawTarget(draw, place, i));
  const mirror = { name: `${place.name}_mirror`, host: place.host(MIRROR) };
  const isMirrored = draw.chance(0.3);
  const routes = targets.map(({ cluster, route }, i) => ({
    name: `r${i}`,
    match: { path: `/r${i}` },
    route: {
      ...(draw.chance(0.1) ? drawSplit(draw, targets) : { cluster: cluster.name }),
      timeout: `${draw.pick(TIMEOUTS_MS) / 1000}s`,
      ...route,
      ...draw.maybe(0.6, () => ({ retry_policy: drawRetryPolicy(draw) })),
      ...draw.maybe(0.1, () => HEDGING),
      ...(isMirrored ? draw.maybe(0.4, () => ({ request_mirror_policies: [{ cluster: mirror.name }] })) : {}),
    },
    ...draw.maybe(0.08, () => addedHeader(draw)),
  }));
  const ofHost = {
    ...draw.maybe(0.4, () => ({ retry_policy: drawRetryPolicy(draw) })),
    ...draw.maybe(0.3, () => ({ include_request_attempt_count: true })),
    ...draw.maybe(0.2, () => ({ include_is_timeout_retry_header: true })),
    ...draw.maybe(0.1, () => HEDGING),
  };
  return {
    about: `retry policies, ${ROUTES} clusters${"retry_policy" in ofHost ? ", policy of the virtual host" : ""}`,
    mode: "sequential",
    alsoRecorded: ["upstream", "mirrors"],
    upstreamHeaders: ["x-envoy-attempt-count", "x-envoy-expected-rq-timeout-ms", "x-envoy-is-timeout-retry"],
    connectionManager: draw.chance(0.75) ? INTERNAL_CLIENTS : {},
    virtualHosts: [anyHost("app", routes, ofHost)],
    clusters: [
      ...targets.map(({ cluster }) => cluster),
      ...(isMirrored ? [clusterOf(mirror.name, [mirror.host])] : []),
    ],
    upstreams: Object.assign(
      isMirrored ? { [textOf(mirror.host)]: { ...OK, mirror: true } } : {},
      ...targets.map(({ upstreams }) => upstreams),
    ),
    requests: draw.list(REQUESTS, (n) =>
      get(n, {
        method: draw.pick(["GET", "GET", "POST"]),
        path: `/r${draw.whole(0, ROUTES - 1)}`,
        headers: { ...drawRetryHeaders(draw), [KEY]: String(draw.whole(1, 1000)) },
      }),
    ),
    rules: { exact: [...RESULT_FIELDS, "host", "attempts", "upstream", "mirrors"] },
    // Nobody waits for the answer to a copy: whether the next one finds its connection free is chance.
    chanceStats: ["active", "total", "http1_total"]
      .map((name) => `_mirror.upstream_cx_${name}`)
      .concat("_mirror.upstream_rq_pending_total"),
  };
}

/** Among some of the clusters, by the number in a header, which decides about their hosts as well. */
function drawSplit(draw: Draw, targets: readonly Target[]): Json {
  const clusters = draw
    .some(targets, draw.whole(2, 3))
    .map(({ cluster }) => ({ name: cluster.name, weight: draw.whole(1, 100) }));
  return { weighted_clusters: { clusters, header_name: KEY }, ...BY_KEY };
}

/** A header that the route adds counts as if the request had brought it. */
function addedHeader(draw: Draw): Json {
  const [key, value] = draw.pick([
    ["x-envoy-retry-on", "5xx"],
    ["x-envoy-max-retries", "2"],
    ["x-envoy-upstream-stream-duration-ms", "110"],
    ["x-envoy-upstream-rq-timeout-alt-response", "1"],
  ] as const);
  return { request_headers_to_add: [{ header: { key, value } }] };
}
