import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";

export const LOCAL_RATE_LIMIT = "envoy.filters.http.local_ratelimit";

/** Longer than a case: no token comes back. */
const FILL = "600s";
const USERS = ["alice", "bob", "mallory"];

/** Of the filter, or of a route, which needs a bucket; `prefix` begins the names of its statistics. */
export function drawLocalRateLimit(draw: Draw, prefix: string, isOfRoute = false): Json {
  const share = (certain: number) =>
    draw.chance(certain) ? { numerator: 100 } : { numerator: draw.pick([0, 100]), denominator: "HUNDRED" };
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
    stat_prefix: prefix,
    ...draw.maybe(isOfRoute ? 1 : 0.9, () => ({ token_bucket: drawBucket(draw, 12) })),
    ...draw.maybe(0.95, () => ({ filter_enabled: { default_value: share(0.8) } })),
    ...draw.maybe(0.95, () => ({ filter_enforced: { default_value: share(0.7) } })),
    ...draw.maybe(0.2, () => ({ status: { code: draw.pick([503, 403, 200, 429]) } })),
    ...draw.maybe(0.2, () => ({ rate_limited_as_resource_exhausted: true })),
    ...draw.maybe(0.2, () => ({ local_rate_limit_per_downstream_connection: true })),
    ...draw.maybe(0.2, () => ({ enable_x_ratelimit_headers: "DRAFT_VERSION_03" })),
    ...draw.maybe(0.3, () => ({ stage: draw.pick([0, 0, 1]) })),
    ...draw.maybe(0.3, () => ({ vh_rate_limits: draw.pick(["OVERRIDE", "INCLUDE", "IGNORE"]) })),
    ...draw.maybe(0.3, () => ({ always_consume_default_token_bucket: draw.chance(0.3) })),
    ...draw.maybe(0.7, () => drawDescriptors(draw)),
    ...draw.maybe(0.25, () => ({ rate_limits: drawRateLimits(draw, false) })),
  };
}

function drawBucket(draw: Draw, most: number): Json {
  return {
    max_tokens: draw.whole(1, most),
    ...draw.maybe(0.7, () => ({ tokens_per_fill: draw.whole(1, 3) })),
    fill_interval: FILL,
  };
}

function drawDescriptors(draw: Draw): Json {
  const seen = new Set<string>();
  const descriptors = draw
    .list(draw.whole(1, 4), () => ({
      entries: drawEntries(draw),
      token_bucket: drawBucket(draw, 5),
      ...draw.maybe(0.15, () => ({ shadow_mode: true })),
    }))
    // Envoy refuses the same descriptor twice.
    .filter(({ entries }) => !seen.has(JSON.stringify(entries)) && seen.add(JSON.stringify(entries)));
  return { descriptors, ...draw.maybe(0.2, () => ({ max_dynamic_descriptors: draw.whole(1, 2) })) };
}

/** What `drawActions` makes, and what it does not. An entry without a value counts by value. */
function drawEntries(draw: Draw): Json[] {
  return draw.pick([
    () => [drawUser(draw)],
    () => [drawUser(draw)],
    () => [{ key: "plan", value: draw.pick(["gold", "iron"]) }],
    () => [drawUser(draw), { key: "plan", value: "gold" }],
    () => [{ key: "plan", value: "gold" }, drawUser(draw)],
    () => [{ key: "generic_key", value: draw.pick(["all", "some"]) }],
    () => [{ key: "header_match", value: "writes" }],
    () => [{ key: "remote_address", value: "127.0.0.1" }],
  ])();
}

function drawUser(draw: Draw): Json {
  return { key: "user", ...draw.maybe(0.75, () => ({ value: draw.pick(USERS) })) };
}

/** `rate_limits` of a route, a virtual host or, without stages, the filter. */
export function drawRateLimits(draw: Draw, hasStages = true): Json[] {
  return draw.list(draw.whole(1, 3), () => ({
    actions: drawActions(draw),
    ...draw.maybe(hasStages ? 0.2 : 0, () => ({ stage: draw.whole(0, 1) })),
  }));
}

function drawActions(draw: Draw): Json[] {
  const user = { request_headers: { header_name: "x-user", descriptor_key: "user" } };
  const skipped = { request_headers: { ...user.request_headers, skip_if_absent: true } };
  const plan = {
    query_parameter_value_match: {
      descriptor_key: "plan",
      descriptor_value: "gold",
      query_parameters: [{ name: "plan", string_match: { exact: "gold" } }],
    },
  };
  const writes = {
    header_value_match: {
      descriptor_value: "writes",
      ...draw.maybe(0.3, () => ({ expect_match: false })),
      headers: [{ name: ":method", string_match: { exact: "POST" } }],
    },
  };
  return draw.pick<readonly Json[]>([
    [user],
    [user],
    [skipped, plan],
    [plan],
    [plan, user],
    [{ query_parameters: { query_parameter_name: "plan", descriptor_key: "plan" } }],
    [{ generic_key: { descriptor_value: draw.pick(["all", "some", "none"]) } }],
    [writes],
    [{ remote_address: {} }],
  ]) as Json[];
}

export function drawLimitedHeaders(draw: Draw): Record<string, string> {
  return draw.maybe(0.6, () => ({ "x-user": draw.pick([...USERS, "zoe"]) })) as Record<string, string>;
}
