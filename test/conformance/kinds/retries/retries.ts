import type { CaseContent, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { drawEndpoint } from "../behaviours.ts";
import { anyHost, clusterOf, get, HTTP2, INTERNAL_CLIENTS, RESULT_FIELDS, textOf } from "../parts.ts";
import { drawRetryPolicy } from "./policy.ts";
import { drawRetryHeaders } from "./requests.ts";

const ROUTES = 8;
const REQUESTS = 16;
/** Of routes: away from all sums of per-try timeouts. */
const TIMEOUTS_MS = [300, 430];

interface Target {
  readonly cluster: Json;
  readonly upstreams: CaseContent["upstreams"];
}

/** Random retry policies of routes and virtual host against every upstream behaviour, with request headers. */
export function drawRetries(draw: Draw, place: Place): CaseContent {
  const targets = draw.list(ROUTES, (i) => drawTarget(draw, place, i));
  const routes = targets.map(({ cluster }, i) => ({
    name: `r${i}`,
    match: { path: `/r${i}` },
    route: {
      cluster: cluster.name,
      timeout: `${draw.pick(TIMEOUTS_MS) / 1000}s`,
      ...draw.maybe(0.6, () => ({ retry_policy: drawRetryPolicy(draw) })),
    },
  }));
  const ofHost = {
    ...draw.maybe(0.4, () => ({ retry_policy: drawRetryPolicy(draw) })),
    ...draw.maybe(0.3, () => ({ include_request_attempt_count: true })),
  };
  return {
    about: `retry policies, ${ROUTES} clusters${"retry_policy" in ofHost ? ", policy of the virtual host" : ""}`,
    mode: "sequential",
    alsoRecorded: ["upstream"],
    upstreamHeaders: ["x-envoy-attempt-count", "x-envoy-expected-rq-timeout-ms"],
    connectionManager: draw.chance(0.75) ? INTERNAL_CLIENTS : {},
    virtualHosts: [anyHost("app", routes, ofHost)],
    clusters: targets.map(({ cluster }) => cluster),
    upstreams: Object.assign({}, ...targets.map(({ upstreams }) => upstreams)),
    requests: draw.list(REQUESTS, (n) =>
      get(n, {
        method: draw.pick(["GET", "GET", "POST"]),
        path: `/r${draw.whole(0, ROUTES - 1)}`,
        headers: drawRetryHeaders(draw),
      }),
    ),
    rules: { exact: [...RESULT_FIELDS, "host", "attempts", "upstream"] },
  };
}

/** One host, so that none is left to chance. */
function drawTarget(draw: Draw, place: Place, index: number): Target {
  const isHttp2 = draw.chance(0.15);
  const host = place.host(1 + index);
  const cluster = clusterOf(`${place.name}_b${index}`, [host], isHttp2 ? HTTP2 : {});
  return { cluster, upstreams: { [textOf(host)]: drawEndpoint(draw, isHttp2) } };
}
