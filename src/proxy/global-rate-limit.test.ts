import { describe, expect, test } from "vitest";
import { EXTENSIONS, edgeBootstrap, locality } from "../../test/support/edge.ts";
import { type RunResult, runTestScenario } from "../../test/support/run-scenario.ts";

interface World {
  /** Added to the filter's configuration. */
  readonly filter?: string;
  /** Added to the only route, and to its action. */
  readonly route?: string;
  readonly action?: string;
  readonly service?: string;
  readonly faults?: string;
  readonly replicas?: number;
  /** The cluster of the service that is asked. */
  readonly asks?: string;
}

const FILTER = `${EXTENSIONS}.filters.http.ratelimit.v3`;
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const HTTP2 = `typed_extension_protocol_options: { ${OPTIONS}: {
  "@type": type.googleapis.com/${OPTIONS}, explicit_http_config: { http2_protocol_options: {} } } }`;
const BY_USER =
  "rate_limits: [ { actions: [ { request_headers: { header_name: x-user, descriptor_key: user } } ] } ]";
const FIVE_A_SECOND =
  "rate_limits: { domain: edge, descriptors: [ { key: user, rate_limit: { unit: second, requests_per_unit: 5 } } ] }";

/** Twenty requests a second for 10 s from one user; the host takes 10 ms, the rate-limit service 1 ms. */
function run(world: World = {}): RunResult {
  const { filter = "", route = "", action = BY_USER, service = FIVE_A_SECOND, asks = "limiter" } = world;
  const settings = [
    "domain: edge",
    `rate_limit_service: { transport_api_version: V3, grpc_service: { envoy_grpc: { cluster_name: ${asks} } } }`,
    filter,
  ];
  const edge = edgeBootstrap({
    filters: `{ name: limit, typed_config: { "@type": ${FILTER}.RateLimit, ${settings.join(", ")} } }`,
    route,
    action,
    cluster: `name: api, ${HTTP2}`,
    clusters: `{ name: limiter, load_assignment: { cluster_name: limiter, endpoints: [ ${locality("10.0.0.2:80")} ] }, ${HTTP2} }`,
  });
  const scenario = `
name: limits
duration: 10s
proxies: { edge: { config: edge.envoy.yaml, replicas: ${world.replicas ?? 1}, address: 10.1.0.1 } }
services: { api: { cluster: api, time: 10ms }, limiter: { cluster: limiter, time: 1ms, ${service} } }
clients: { web: { to: edge, arrivals: { constant: 20/s }, request: { headers: { x-user: bob } } } }
faults: [ ${world.faults ?? ""} ]
`;
  return runTestScenario({ "scenario.yaml": scenario, "edge.envoy.yaml": edge });
}

function count({ clients }: RunResult, status: string): number {
  return new Map(clients[0]!.status).get(status) ?? 0;
}

function stat({ proxies }: RunResult, name: string): number {
  return new Map(proxies[0]!.stats).get(name) ?? 0;
}

describe("a request over the limit", () => {
  test("is refused, whichever of the replicas takes it", () => {
    const result = run({ replicas: 3 });
    // Twenty a second, of which five pass in each of ten windows.
    expect(count(result, "200")).toBe(50);
    expect(count(result, "429")).toBe(150);
    expect(result.clients[0]!.flags).toEqual([["RL", 150]]);
    expect(stat(result, "cluster.api.ratelimit.ok")).toBe(50);
    expect(stat(result, "cluster.api.ratelimit.over_limit")).toBe(150);
    expect(stat(result, "cluster.api.upstream_rq_429")).toBe(150);
    expect(stat(result, "cluster.limiter.upstream_rq_200")).toBe(200);
    expect(stat(result, "http.async-client.rq_total")).toBe(200);
  });

  test("waits for the service's answer like all others", () => {
    const result = run();
    expect(result.clients[0]!.latencyOkMs!.mean).toBeCloseTo(11, 6);
  });

  test("passes where the limit is not enforced, and costs nothing where it is off", () => {
    const free = { filter: "filter_enforced: { default_value: { numerator: 0 } }" };
    expect(count(run(free), "200")).toBe(200);
    expect(stat(run(free), "cluster.api.ratelimit.over_limit")).toBe(150);
    const off = run({ filter: "filter_enabled: { default_value: { numerator: 0 } }" });
    expect(stat(off, "http.async-client.rq_total")).toBe(0);
  });

  test("gets the status that is configured", () => {
    expect(count(run({ filter: "rate_limited_status: { code: ServiceUnavailable }" }), "503")).toBe(150);
  });
});

describe("the service is asked", () => {
  test("only for requests that have descriptors", () => {
    const result = run({ action: BY_USER.replace("x-user", "x-tenant") });
    expect(count(result, "200")).toBe(200);
    expect(stat(result, "http.async-client.rq_total")).toBe(0);
  });

  test("by the route's own limits and domain in place of the table's", () => {
    const limits =
      "rate_limits: [ { actions: [ { generic_key: { descriptor_key: user, descriptor_value: all } } ] } ]";
    const type = `"@type": ${FILTER}.RateLimitPerRoute`;
    const perRoute = (domain: string) =>
      `typed_per_filter_config: { limit: { ${type}, domain: "${domain}", ${limits} } }`;
    expect(count(run({ action: "", route: perRoute("") }), "429")).toBe(150);
    expect(count(run({ action: "", route: perRoute("other") }), "429")).toBe(0);
  });

  test("when requests have ended, by limits that count only then", () => {
    const action = BY_USER.replace("{ actions", "{ apply_on_stream_done: true, actions");
    const result = run({ action });
    expect(count(result, "200")).toBe(200);
    expect(stat(result, "cluster.limiter.upstream_rq_200")).toBe(200);
  });

  test("for requests from outside or from inside", () => {
    expect(count(run({ filter: "request_type: internal" }), "429")).toBe(0);
    expect(count(run({ filter: "request_type: external" }), "429")).toBe(150);
  });
});

// Envoy 1.40, run: a silent service delays requests by 21 ms, then they pass, or get 500 without a body.
describe("when the service fails", () => {
  const hangs = "{ at: 0s, service: limiter, hang: true }";

  test("requests pass after the timeout", () => {
    const result = run({ faults: hangs });
    expect(count(result, "200")).toBe(200);
    expect(result.clients[0]!.latencyMs!.mean).toBeCloseTo(30, 6);
    expect(stat(result, "cluster.api.ratelimit.error")).toBe(200);
    expect(stat(result, "cluster.api.ratelimit.failure_mode_allowed")).toBe(200);
    expect(stat(result, "cluster.limiter.upstream_rq_timeout")).toBe(200);
  });

  test("they are refused where that is configured", () => {
    const result = run({ faults: hangs, filter: "failure_mode_deny: true" });
    expect(count(result, "500")).toBe(200);
    expect(result.clients[0]!.flags).toEqual([["RLSE", 200]]);
    const filter = "failure_mode_deny: true, timeout: 0.2s, status_on_error: { code: ServiceUnavailable }";
    const later = run({ faults: hangs, filter });
    expect(count(later, "503")).toBe(200);
    expect(later.clients[0]!.latencyMs!.mean).toBeCloseTo(200, 6);
  });

  test("a share of them is refused by a percentage", () => {
    const filter = "failure_mode_deny_percent: { default_value: { numerator: 50 } }";
    // Binomial with 200 tries: five standard deviations around 100 are 35.
    expect(Math.abs(count(run({ faults: hangs, filter }), "500") - 100)).toBeLessThan(36);
  });

  test("a service that is down, that errs, or that is none is known at once", () => {
    const down = run({ faults: "{ at: 0s, service: limiter, down: true }" });
    expect(down.clients[0]!.latencyMs!.max).toBeCloseTo(10, 6);
    expect(stat(down, "cluster.api.ratelimit.error")).toBe(200);
    expect(
      stat(run({ service: `errors: { 503: 100% }, ${FIVE_A_SECOND}` }), "cluster.api.ratelimit.error"),
    ).toBe(200);
    expect(stat(run({ service: "" }), "cluster.api.ratelimit.error")).toBe(200);
    expect(stat(run({ asks: "nobody" }), "cluster.api.ratelimit.error")).toBe(200);
  });
});
