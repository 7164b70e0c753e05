import type { Behaviour, CaseContent, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { answering, anyHost, clusterOf, get, RESULT_FIELDS, seconds, textOf } from "../parts.ts";
import { drawFault, drawFaultHeaders, FAULT } from "./fault.ts";
import {
  drawLimitedHeaders,
  drawLocalRateLimit,
  drawRateLimits,
  LOCAL_RATE_LIMIT,
} from "./local-rate-limit.ts";
import { drawAdmissionControl, drawHealthCheck } from "./others.ts";

import { drawTimedFilters } from "./timed.ts";

const ROUTES = 6;
const REQUESTS = 60;
/** Below the delays of faults, and above the time that short bodies take where a rate is limited. */
const TIMEOUTS_MS = [40, 900];

/** HTTP filters in a random order, configured by filter, virtual host and route: who is refused, delayed, counted. */
export function drawFilters(draw: Draw, place: Place): CaseContent {
  return draw.chance(0.2) ? drawTimedFilters(draw, place) : drawChain(draw, place);
}

function drawChain(draw: Draw, place: Place): CaseContent {
  const host = place.host(1);
  const name = `${place.name}_backend`;
  const withFault = draw.chance(0.6);
  const withLimit = !withFault || draw.chance(0.5);
  const filters: Json[] = [
    ...(withFault ? [filter(FAULT, drawFault(draw, name))] : []),
    ...(withLimit ? [filter(LOCAL_RATE_LIMIT, drawLocalRateLimit(draw, place.name))] : []),
    ...(draw.chance(0.2) ? [drawHealthCheck(draw, name)] : []),
    ...(draw.chance(0.2) ? [drawAdmissionControl(draw)] : []),
  ];
  const ofLevel = (chance: number) => drawLevel(draw, chance, { place, name, withFault, withLimit });
  const routes = draw.list(ROUTES, (i) => ({
    name: `r${i}`,
    match: { path: `/r${i}` },
    ...drawAction(draw, name, withLimit),
    ...ofLevel(0.35),
  }));
  return {
    about: `filters ${filters.map((each) => each.name).join(", ")}`,
    mode: "sequential",
    alsoRecorded: ["responses"],
    httpFilters: draw.shuffled(filters),
    virtualHosts: [
      anyHost("app", routes, {
        ...ofLevel(0.2),
        ...(withLimit ? draw.maybe(0.5, () => ({ rate_limits: drawRateLimits(draw) })) : {}),
      }),
    ],
    clusters: [clusterOf(name, [host])],
    upstreams: {
      [textOf(host)]: { ...answering({ status: 200 }), script: draw.list(REQUESTS, () => drawAnswer(draw)) },
    },
    requests: draw.list(REQUESTS, (n) =>
      get(n, {
        method: draw.pick(["GET", "GET", "POST"]),
        path: `${draw.chance(0.07) ? "/ready" : `/r${draw.whole(0, ROUTES - 1)}`}${draw.pick(["", "", "?plan=gold", "?plan=iron"])}`,
        headers: {
          ...(withFault ? drawFaultHeaders(draw) : {}),
          ...(withLimit ? drawLimitedHeaders(draw) : {}),
          ...draw.maybe(0.15, () => ({ "content-type": "application/grpc" })),
        },
      }),
    ),
    rules: {
      exact: [...RESULT_FIELDS, "host", "attempts", "responses"],
      // Noise of the machine only adds time.
      range: [{ field: "duration_ms", below: 60, above: 12 }],
    },
  };
}

function filter(name: string, typed_config: Json): Json {
  return { name, typed_config };
}

interface Level {
  readonly place: Place;
  readonly name: string;
  readonly withFault: boolean;
  readonly withLimit: boolean;
}

/** What a virtual host or a route says in the place of the filters themselves. */
function drawLevel(draw: Draw, chance: number, { place, name, withFault, withLimit }: Level): Json {
  const own = {
    ...(withFault ? draw.maybe(chance, () => ({ [FAULT]: drawFault(draw, name) })) : {}),
    ...(withLimit
      ? draw.maybe(chance, () => ({ [LOCAL_RATE_LIMIT]: drawLocalRateLimit(draw, place.name, true) }))
      : {}),
    ...(withFault ? draw.maybe(chance / 5, () => ({ [FAULT]: DISABLED })) : {}),
  };
  return Object.keys(own).length === 0 ? {} : { typed_per_filter_config: own };
}

const DISABLED: Json = {
  "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
  disabled: true,
};

function drawAction(draw: Draw, cluster: string, withLimit: boolean): Json {
  if (draw.chance(0.1)) return { direct_response: { status: draw.pick([200, 404]) } };
  if (draw.chance(0.05)) return { redirect: { path_redirect: "/elsewhere" } };
  const rate_limits = withLimit ? draw.maybe(0.5, () => ({ rate_limits: drawRateLimits(draw) })) : {};
  const retry = draw.maybe(0.2, () => ({ retry_policy: { retry_on: "5xx", num_retries: 1 } }));
  const timeout = seconds(draw.pick(TIMEOUTS_MS));
  return { route: { cluster, timeout, ...retry, ...rate_limits } };
}

function drawAnswer(draw: Draw): Behaviour {
  const body = draw.maybe(0.3, () => ({ body_bytes: draw.whole(1, 150) }));
  if (draw.chance(0.08)) return { status: 200, grpc_status: draw.pick([0, 5, 14]) };
  return { status: draw.pick([200, 200, 200, 404, 503]), ...body };
}
