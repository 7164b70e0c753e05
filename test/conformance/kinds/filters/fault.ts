import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { seconds } from "../parts.ts";

export const FAULT = "envoy.filters.http.fault";

const DELAY_MS = 70;
/** Always or never: shares are compared by recordings of their own. */
const SHARES: readonly Json[] = [
  { numerator: 100 },
  { numerator: 100, denominator: "HUNDRED" },
  { numerator: 1_000_000, denominator: "MILLION" },
  { numerator: 0 },
];

/** A fault filter, of a cluster of some case; `cluster` is one of its clusters. */
export function drawFault(draw: Draw, cluster: string): Json {
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
    ...draw.maybe(0.7, () => ({ abort: drawAbort(draw) })),
    ...draw.maybe(0.5, () => ({ delay: drawDelay(draw) })),
    ...draw.maybe(0.25, () => ({ headers: [drawHeader(draw)] })),
    ...draw.maybe(0.15, () => ({ upstream_cluster: draw.pick([cluster, "elsewhere"]) })),
    ...draw.maybe(0.15, () => ({ downstream_nodes: draw.some(["canary", "edge", "shop"], 2) })),
    ...draw.maybe(0.1, () => ({ max_active_faults: draw.whole(0, 1) })),
    ...draw.maybe(0.15, () => ({ disable_downstream_cluster_stats: true })),
    ...draw.maybe(0.15, () => ({ response_rate_limit: drawRateLimit(draw) })),
  };
}

function drawAbort(draw: Draw): Json {
  const kind = draw.pick([
    () => ({ http_status: draw.pick([200, 403, 429, 503, 504, 599]) }),
    () => ({ grpc_status: draw.pick([5, 8, 14]) }),
    () => ({ header_abort: {} }),
  ]);
  return { ...kind(), ...drawShare(draw) };
}

function drawDelay(draw: Draw): Json {
  return {
    ...(draw.chance(0.6) ? { fixed_delay: seconds(DELAY_MS) } : { header_delay: {} }),
    ...drawShare(draw),
  };
}

/** Short bodies at one or two KiB a second. */
function drawRateLimit(draw: Draw): Json {
  const limit = draw.chance(0.6) ? { fixed_limit: { limit_kbps: draw.whole(1, 2) } } : { header_limit: {} };
  return { ...limit, ...drawShare(draw) };
}

/** Without one there is none. */
function drawShare(draw: Draw): Json {
  return draw.maybe(0.95, () => ({ percentage: draw.pick(SHARES) })) as Json;
}

function drawHeader(draw: Draw): Json {
  return draw.pick([
    { name: "x-user", string_match: { exact: "mallory" } },
    { name: "x-user", present_match: true },
    { name: "x-user", present_match: true, invert_match: true },
    { name: ":path", string_match: { prefix: "/r1" } },
  ]);
}

/** Request headers that ask for faults, right and wrong ones. */
export function drawFaultHeaders(draw: Draw): Record<string, string> {
  return {
    ...draw.maybe(0.3, () => ({
      "x-envoy-fault-abort-request": draw.pick(["503", "404", "199", "600", "x"]),
    })),
    ...draw.maybe(0.1, () => ({ "x-envoy-fault-abort-grpc-request": draw.pick(["14", "5", "x"]) })),
    ...draw.maybe(0.25, () => ({ "x-envoy-fault-delay-request": draw.pick(["70", "0", "x"]) })),
    ...draw.maybe(0.2, () => ({ "x-envoy-fault-abort-request-percentage": draw.pick(["0", "100", "x"]) })),
    ...draw.maybe(0.2, () => ({ "x-envoy-fault-delay-request-percentage": draw.pick(["0", "100", "200"]) })),
    ...draw.maybe(0.15, () => ({ "x-envoy-fault-throughput-response": draw.pick(["1", "0", "x"]) })),
    ...draw.maybe(0.1, () => ({ "x-envoy-fault-throughput-response-percentage": draw.pick(["0", "100"]) })),
    ...draw.maybe(0.2, () => ({ "x-envoy-downstream-service-node": draw.pick(["canary", "shop"]) })),
    ...draw.maybe(0.2, () => ({ "x-envoy-downstream-service-cluster": draw.pick(["front", "batch"]) })),
    ...draw.maybe(0.3, () => ({ "x-user": draw.pick(["mallory", "alice"]) })),
  };
}
