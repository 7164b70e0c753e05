import type { CaseContent, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { clusterOf, everythingTo, get, OK, RESULT_FIELDS, seconds, textOf } from "../parts.ts";
import { FAULT } from "./fault.ts";
import { LOCAL_RATE_LIMIT } from "./local-rate-limit.ts";

const FILTERS = "type.googleapis.com/envoy.extensions.filters.http";
const ALWAYS: Json = { numerator: 100 };
const INTERVAL_MS = 70;
/** Delays end in the middle between two arrivals. */
const PHASE = 0.5;

/** Requests at a fixed rate under filters that time decides about. */
export function drawTimedFilters(draw: Draw, place: Place): CaseContent {
  return draw.chance(0.5) ? drawActiveFaults(draw, place) : drawRefill(draw, place);
}

/** Which requests are delayed where so many faults at once are allowed, some of them cut short by an abort. */
function drawActiveFaults(draw: Draw, place: Place): CaseContent {
  const delayMs = INTERVAL_MS * (draw.whole(1, 5) + PHASE);
  const fault = {
    "@type": `${FILTERS}.fault.v3.HTTPFault`,
    delay: { fixed_delay: seconds(delayMs), percentage: ALWAYS },
    abort: { header_abort: {}, percentage: ALWAYS },
    max_active_faults: draw.whole(0, 4),
  };
  return {
    ...common(place, { name: FAULT, typed_config: fault }),
    about: JSON.stringify(fault),
    requests: draw.list(24, (n) =>
      get(n, {
        at_ms: n * INTERVAL_MS,
        headers: draw.maybe(0.3, () => ({ "x-envoy-fault-abort-request": "503" })) as Record<string, string>,
      }),
    ),
    rules: {
      exact: [...RESULT_FIELDS, "attempts"],
      range: [{ field: "duration_ms", below: 120, above: 12 }],
    },
    // Requests that end at the same time need connections of their own, or not.
    chanceStats: ["cx_active", "cx_total", "cx_http1_total", "rq_pending_total"].map(
      (name) => `.upstream_${name}`,
    ),
  };
}

/** Tokens come back while requests go on: how many pass. */
function drawRefill(draw: Draw, place: Place): CaseContent {
  const bucket = {
    max_tokens: draw.whole(1, 8),
    tokens_per_fill: draw.whole(1, 4),
    fill_interval: draw.pick(["0.1s", "0.25s", "0.6s"]),
  };
  const limit = {
    "@type": `${FILTERS}.local_ratelimit.v3.LocalRateLimit`,
    stat_prefix: place.name,
    token_bucket: bucket,
    filter_enabled: { default_value: ALWAYS },
    filter_enforced: { default_value: ALWAYS },
  };
  const interval = draw.pick([19, 37, 53]);
  return {
    ...common(place, { name: LOCAL_RATE_LIMIT, typed_config: limit }),
    about: `${JSON.stringify(bucket)}, every ${interval} ms`,
    requests: draw.list(60, (n) => get(n, { at_ms: n * interval })),
    rules: {
      exact: ["route", "vhost"],
      // The bucket has been full since the start; single requests may come before or after a token.
      range: [{ field: "count:status=200", below: 2, above: 2 }],
    },
    stats: ["http_local_rate_limit.enabled", "membership_total"],
  };
}

function common(place: Place, filter: Json) {
  const name = `${place.name}_backend`;
  const host = place.host(1);
  return {
    mode: "concurrent" as const,
    alsoRecorded: [],
    httpFilters: [filter],
    virtualHosts: [everythingTo(name)],
    clusters: [clusterOf(name, [host])],
    upstreams: { [textOf(host)]: OK },
  };
}
