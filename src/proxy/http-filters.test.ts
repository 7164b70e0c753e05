import { describe, expect, test } from "vitest";
import { type EdgeParts, EXTENSIONS, edgeBootstrap } from "../../test/support/edge.ts";
import { type RunResult, runTestScenario } from "../../test/support/run-scenario.ts";

const TYPE = `${EXTENSIONS}.filters.http`;

/** An edge with one route to one host, whose answers take 10 ms. */
function run(clients: string, parts: EdgeParts): RunResult {
  const scenario = `
name: filters
duration: 10s
proxies: { edge: { config: edge.envoy.yaml, address: 10.1.0.1 } }
services: { api: { cluster: api, time: 10ms, body: 1000B } }
clients: { ${clients} }
`;
  return runTestScenario({ "scenario.yaml": scenario, "edge.envoy.yaml": edgeBootstrap(parts) });
}

const ALWAYS = "default_value: { numerator: 100 }";

function localRateLimit(settings: string): string {
  const type = `"@type": ${TYPE}.local_ratelimit.v3.LocalRateLimit`;
  const always = `filter_enabled: { ${ALWAYS} }, filter_enforced: { ${ALWAYS} }`;
  return `{ name: limit, typed_config: { ${type}, stat_prefix: limit, ${always}, ${settings} } }`;
}

describe("local rate limit", () => {
  const bucket = (tokens: number) =>
    `token_bucket: { max_tokens: ${tokens}, tokens_per_fill: ${tokens}, fill_interval: 1s }`;
  const byUser =
    "rate_limits: [ { actions: [ { request_headers: { header_name: x-user, descriptor_key: user } } ] } ]";
  const user = (name: string) =>
    `${name}: { to: edge, arrivals: { constant: 20/s }, request: { path: /, headers: { x-user: ${name} } } }`;
  const passed = ({ clients }: RunResult) => clients.map(({ status }) => new Map(status).get("200") ?? 0);

  test("a bucket of a user limits that user only", () => {
    const descriptor = `descriptors: [ { entries: [ { key: user, value: greedy } ], ${bucket(5)} } ]`;
    const filters = localRateLimit(descriptor);
    const result = run(`${user("greedy")}, ${user("modest")}`, { filters, action: byUser });
    // Full at the start, and five tokens a second from then on: 5 + 5 · 10, one more or less by the phase.
    expect(Math.abs(passed(result)[0]! - 55)).toBeLessThanOrEqual(1);
    expect(passed(result)[1]).toBe(200);
  });

  test("an open value has a bucket for each of its values", () => {
    const descriptor = `descriptors: [ { entries: [ { key: user } ], ${bucket(5)} } ]`;
    const filters = localRateLimit(descriptor);
    const result = run(`${user("one")}, ${user("two")}`, { filters, action: byUser });
    for (const count of passed(result)) expect(Math.abs(count - 55)).toBeLessThanOrEqual(1);
  });

  test("a descriptor in shadow mode counts and limits nothing", () => {
    const descriptor = `descriptors: [ { entries: [ { key: user } ], shadow_mode: true, ${bucket(5)} } ]`;
    const result = run(user("one"), { filters: localRateLimit(descriptor), action: byUser });
    expect(passed(result)).toEqual([200]);
    const shadow = new Map(result.proxies[0]!.stats).get("limit.http_local_rate_limit.shadow_mode")!;
    expect(Math.abs(shadow - 145)).toBeLessThanOrEqual(1);
  });

  test("a refusal in shadow mode spares no other bucket, and does not count beside a refusal that holds", () => {
    const never = (tokens: number) => bucket(tokens).replace("fill_interval: 1s", "fill_interval: 600s");
    const descriptor = `descriptors: [ { entries: [ { key: user } ], shadow_mode: true, ${never(1)} } ]`;
    const filters = localRateLimit(`${never(3)}, ${descriptor}`);
    const result = run(user("one"), { filters, action: byUser });
    // The real server: one passes both buckets, two more are refused in shadow mode but take what is left, the
    // rest is refused by the bucket of all.
    expect(passed(result)).toEqual([3]);
    const stats = new Map(result.proxies[0]!.stats);
    const count = (name: string) => stats.get(`limit.http_local_rate_limit.${name}`);
    expect([count("ok"), count("shadow_mode"), count("rate_limited"), count("enforced")]).toEqual([
      1, 2, 199, 197,
    ]);
  });
});

describe("fault", () => {
  const fault = (settings: string) =>
    `{ name: fault, typed_config: { "@type": ${TYPE}.fault.v3.HTTPFault, ${settings} } }`;
  const web = "web: { to: edge, arrivals: { constant: 50/s }, request: { path: / } }";

  test("what a route says under the filter's name in the type of another filter is as if it said nothing", () => {
    const filters = fault("abort: { http_status: 418, percentage: { numerator: 100 } }");
    const foreign = `{ "@type": ${TYPE}.ratelimit.v3.RateLimitPerRoute, domain: other }`;
    const result = run(web, { filters, route: `typed_per_filter_config: { fault: ${foreign} }` });
    expect(result.clients[0]!.status).toEqual([["418", 500]]);
  });

  test("a delay adds its time to every request, an abort answers in place of the host", () => {
    const delay = fault("delay: { fixed_delay: 0.2s, percentage: { numerator: 100 } }");
    const delayed = run(web, { filters: delay });
    expect(delayed.clients[0]!.latencyMs!.p50).toBeCloseTo(210, 0);
    expect(new Map(delayed.clients[0]!.flags).get("DI")).toBe(500);
    const abort = fault("abort: { http_status: 418, percentage: { numerator: 100 } }");
    const aborted = run(web, { filters: abort });
    expect(new Map(aborted.clients[0]!.status).get("418")).toBe(500);
    expect(aborted.services[0]!.requests).toBe(0);
  });

  test("the bytes that an answer may take are saved up from the request on", () => {
    const limit = "response_rate_limit: { fixed_limit: { limit_kbps: 5 }, percentage: { numerator: 100 } }";
    const delay = "delay: { fixed_delay: 0.2s, percentage: { numerator: 100 } }";
    const latency = (settings: string) => run(web, { filters: fault(settings) }).clients[0]!.latencyMs!;
    // 1000 bytes at 5,120 a second: 256 at once and as many every 50 ms, thus four ticks; in 200 ms come 1,024.
    expect(latency(limit).p50).toBeCloseTo(160, 0);
    expect(latency(`${limit}, ${delay}`).p50).toBeCloseTo(210, 0);
  });

  test("callers are counted unless the filter itself says otherwise, whatever the route says", () => {
    const abort = "abort: { http_status: 418, percentage: { numerator: 100 } }";
    const called = web.replace("path: /", "path: /, headers: { x-envoy-downstream-service-cluster: shop }");
    const own = `typed_per_filter_config: { fault: { "@type": ${TYPE}.fault.v3.HTTPFault, ${abort} } }`;
    const counted = (settings: string) =>
      new Map(run(called, { filters: fault(settings), route: own }).proxies[0]!.stats).get(
        "http.ingress.fault.shop.aborts_injected",
      );
    expect(counted(abort)).toBe(500);
    expect(counted(`${abort}, disable_downstream_cluster_stats: true`)).toBeUndefined();
  });

  test("a request that leaves while it is delayed gives its place among the active faults back", () => {
    const filters = fault("delay: { fixed_delay: 2s, percentage: { numerator: 100 } }");
    const leaving = "web: { to: edge, arrivals: { constant: 50/s }, timeout: 1s, request: { path: / } }";
    const { proxies, clients } = run(leaving, { filters });
    expect(new Map(clients[0]!.status).get("timeout")).toBe(500);
    expect(new Map(proxies[0]!.stats).get("http.ingress.fault.active_faults")).toBeUndefined();
  });
});

describe("bandwidth limit", () => {
  test("answers share the rate of the configuration", () => {
    const type = `"@type": ${TYPE}.bandwidth_limit.v3.BandwidthLimit`;
    const settings = "stat_prefix: bw, enable_mode: RESPONSE, limit_kbps: 10";
    const filters = `{ name: bandwidth, typed_config: { ${type}, ${settings} } }`;
    const web = "web: { to: edge, arrivals: { constant: 5/s }, request: { path: / } }";
    const { clients } = run(web, { filters });
    // 50 answers of 1000 bytes at 10,240 bytes a second: the rate suffices, each waits for a tick of 50 ms or two.
    expect(clients[0]!.latencyMs!.max).toBeLessThan(200);
    const slow = run(web.replace("5/s", "20/s"), { filters });
    // The bucket is full at the start: 200 answers take (200,000 - 10,240) / 10,240 = 18.5 s, and the last is wanted
    // after 9.95 s.
    expect(Math.abs(slow.clients[0]!.latencyMs!.max - 8_580)).toBeLessThan(110);
  });
});
