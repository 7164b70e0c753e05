import { describe, expect, it } from "vitest";
import { A, addOther, B, type Bootstrap, GET, type Json, managerOf, probed } from "../support/probed.ts";
import { envoy, run } from "../support/world.ts";

const HANGING = { [A]: { default: { hang: true } } };
const INTERNAL = { ...GET, headers: { "x-forwarded-for": "10.9.9.9" } };

function asking(headers: Json) {
  return [{ ...INTERNAL, headers: { ...INTERNAL.headers, ...headers } }];
}

function trustTens(bootstrap: Bootstrap): void {
  managerOf(bootstrap).internal_address_config = {
    cidr_ranges: [{ address_prefix: "10.0.0.0", prefix_len: 8 }],
  };
}

function httpOptions(options: Json, isHttp2 = false): Json {
  return {
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: isHttp2 ? { http2_protocol_options: {} } : { http_protocol_options: {} },
        ...options,
      },
    },
  };
}

// Envoy 1.40, UpstreamRequest::onPoolReady and Filter::onStreamMaxDurationReached.
describe("the longest duration of an attempt", () => {
  const cluster = httpOptions({ common_http_protocol_options: { max_stream_duration: "0.1s" } });

  it("ends it with 504 UMSDR, which no code is charged for", () => {
    const { results, stats } = probed({ upstreams: HANGING, cluster, route: {} });
    expect(results[0]).toMatchObject({
      status: 504,
      flags: "UMSDR",
      details: "upstream_max_stream_duration_reached",
      duration_ms: 100,
    });
    expect(stats).toMatchObject({ "cluster.api.upstream_rq_max_duration_reached": 1 });
    expect(stats["cluster.api.upstream_rq_504"]).toBeUndefined();
    expect(stats["cluster.api.upstream_rq_timeout"]).toBeUndefined();
  });

  it("is of each attempt, and one that lasted too long is retried like a local reset", () => {
    const retry_policy = { retry_on: "reset", num_retries: 2, retry_back_off: { base_interval: "0.001s" } };
    const upstreams = { [A]: { script: [{ hang: true }, { hang: true }], default: { delay_ms: 40 } } };
    const { results } = probed({ upstreams, cluster, route: { retry_policy } });
    expect(results[0]).toMatchObject({ status: 200, flags: "-", attempt_count: 3 });
    const refused = probed({ upstreams: HANGING, cluster, route: { retry_policy } });
    expect(refused.results[0]).toMatchObject({ status: 504, flags: "URX,UMSDR", attempt_count: 3 });
  });

  it("gives way to that of a header, where 0 means none, and only of internal requests", () => {
    const header = "x-envoy-upstream-stream-duration-ms";
    const durationWith = (value: string, change?: (bootstrap: Bootstrap) => void) => {
      const requests = asking({ [header]: value });
      const route = { timeout: "0.3s" };
      const { results } = probed({ upstreams: HANGING, cluster, route, requests, ...(change && { change }) });
      return [results[0]!.flags, results[0]!.duration_ms];
    };
    expect(durationWith("50", trustTens)).toEqual(["UMSDR", 50]);
    expect(durationWith("0", trustTens)).toEqual(["UT", 300]);
    expect(durationWith("soon", trustTens)).toEqual(["UMSDR", 100]);
    expect(durationWith("50")).toEqual(["UMSDR", 100]);
  });

  it("breaks off an answer that has begun", () => {
    const slow = httpOptions({ common_http_protocol_options: { max_stream_duration: "0.02s" } });
    const upstreams = { [A]: { default: { status: 200, reset: "after_headers" } } };
    const { results } = probed({ upstreams, cluster: slow, route: {} });
    expect(results[0]).toMatchObject({ status: 200, flags: "UMSDR", duration_ms: 20 });
  });
});

// Envoy 1.40, ActiveStream::refreshDurationTimeout.
it("takes a route's max_stream_duration of 0 for no limit, whatever the connection manager says", () => {
  const change = (bootstrap: Bootstrap) => {
    managerOf(bootstrap).common_http_protocol_options = { max_stream_duration: "0.05s" };
  };
  const upstreams = { [A]: { default: { delay_ms: 200 } } };
  const route = { max_stream_duration: { max_stream_duration: "0s" } };
  expect(probed({ upstreams, route, change }).results[0]).toMatchObject({ status: 200, duration_ms: 200 });
  const without = probed({ upstreams, route: { max_stream_duration: {} }, change });
  expect(without.results[0]).toMatchObject({ status: 504, details: "max_duration_timeout", duration_ms: 50 });
});

// Envoy 1.40: the headers of a route are added before the router asks them about retries.
it("counts retry headers that the route itself adds", () => {
  const change = (bootstrap: Bootstrap) => {
    const [route] = managerOf(bootstrap).route_config.virtual_hosts[0].routes;
    route.request_headers_to_add = [{ header: { key: "x-envoy-retry-on", value: "5xx" } }];
  };
  const upstreams = { [A]: { script: [{ status: 503 }] } };
  const { results } = probed({ upstreams, route: {}, change });
  expect(results[0]).toMatchObject({ status: 200, attempt_count: 2 });
});

// Envoy 1.40, RetryStateImpl::create: there is a state as soon as anybody asks for one.
it("hedges requests whose policy asks for retries that they may not have", () => {
  const retry_policy = {
    retry_on: "5xx",
    num_retries: 1,
    per_try_timeout: "0.1s",
    retriable_request_headers: [{ name: "x-idempotent", present_match: true }],
    retry_back_off: { base_interval: "0.001s" },
  };
  const route = { timeout: "1s", retry_policy, hedge_policy: { hedge_on_per_try_timeout: true } };
  const { results } = probed({ upstreams: { [A]: { script: [{ hang: true }], default: {} } }, route });
  expect(results[0]).toMatchObject({ status: 200, attempt_count: 2, duration_ms: 100 });
});

// As the released 1.40.0 does with these weights and values.
describe("refresh_cluster_on_retry", () => {
  const retry_policy = {
    retry_on: "5xx",
    num_retries: 3,
    refresh_cluster_on_retry: true,
    retry_back_off: { base_interval: "0.001s" },
  };
  const weighted = (clusters: Json[]) => (bootstrap: Bootstrap) => {
    addOther(bootstrap);
    const [route] = managerOf(bootstrap).route_config.virtual_hosts[0].routes;
    route.route = { weighted_clusters: { clusters, header_name: "x-value" }, retry_policy };
  };
  const requests = [{ ...GET, headers: { "x-value": "5" } }];
  const upstreams = { [A]: { default: { status: 500 } }, [B]: { default: { status: 503 } } };

  it("sends each retry to another of the weighted clusters, and counts it there", () => {
    const change = weighted([
      { name: "api", weight: 90 },
      { name: "other", weight: 10 },
    ]);
    const { results, stats } = probed({ upstreams, route: {}, requests, change });
    expect(results[0]).toMatchObject({ status: 503, cluster: "other", attempts: [A, B, A, B] });
    expect(stats).toMatchObject({
      "cluster.api.retry.upstream_rq_500": 2,
      "cluster.other.retry.upstream_rq_503": 1,
      "cluster.other.upstream_rq_retry": 2,
      "cluster.api.upstream_rq_retry": 1,
      "cluster.other.upstream_rq_503": 1,
    });
  });

  it("says that no host is healthy where the next cluster does not exist", () => {
    const change = weighted([
      { name: "api", weight: 90 },
      { cluster_header: "x-where", weight: 10 },
    ]);
    const { results } = probed({ upstreams, route: {}, requests, change });
    expect(results[0]).toMatchObject({
      status: 503,
      flags: "UH",
      cluster: null,
      attempts: [A],
      attempt_count: 2,
    });
  });
});

// As the released 1.40.0 does: HTTP/1.1 counts a request as active until the router has heard of its end.
describe("a retry budget of all active requests and no more", () => {
  const circuit_breakers = {
    thresholds: [{ retry_budget: { budget_percent: { value: 100 }, min_retry_concurrency: 0 } }],
  };
  const retry_policy = { retry_on: "5xx", num_retries: 1, retry_back_off: { base_interval: "0.001s" } };
  const attemptsWith = (first: Json, isHttp2: boolean) => {
    const cluster = { circuit_breakers, ...httpOptions({}, isHttp2) };
    const endpoint = { script: [first], protocol: isHttp2 ? "http2" : "http1" };
    const { results } = probed({ upstreams: { [A]: endpoint }, cluster, route: { retry_policy } });
    return results[0]!.attempt_count;
  };

  it.each([
    ["an answer", { status: 503 }],
    ["a reset", { reset: "before_headers" }],
  ])("lets HTTP/1.1 retry %s, but not HTTP/2", (_, first) => {
    expect(attemptsWith(first, false)).toBe(2);
    expect(attemptsWith(first, true)).toBe(1);
  });
});

it("counts the answers of canaries once more", () => {
  const change = (bootstrap: Bootstrap) => {
    const [host] = bootstrap.static_resources.clusters[0].load_assignment.endpoints[0].lb_endpoints;
    host.metadata = { filter_metadata: { "envoy.lb": { canary: true } } };
  };
  const script = [{ status: 404 }];
  const { stats } = probed({ upstreams: { [A]: { script } }, route: {}, change });
  expect(stats).toMatchObject({ "cluster.api.canary.upstream_rq_404": 1, "cluster.api.upstream_rq_404": 1 });
  const headers = { "x-envoy-upstream-canary": "true" };
  const told = probed({ upstreams: { [A]: { default: { headers } } }, route: {} });
  expect(told.stats["cluster.api.canary.upstream_rq_200"]).toBe(1);
});

// Envoy 1.40, ConnPoolMap: a pool gives its place back when its last connection is gone.
describe("max_connection_pools", () => {
  const limited = (max_connection_pools: number) => ({
    circuit_breakers: { thresholds: [{ max_connection_pools }] },
  });

  it("refuses requests to hosts for which there is no pool", () => {
    const { results, stats } = probed({ upstreams: { [A]: {} }, cluster: limited(0), route: {} });
    expect(results[0]).toMatchObject({
      status: 503,
      flags: "UH",
      details: "no_healthy_upstream",
      host: null,
    });
    expect(stats).toMatchObject({
      "cluster.api.upstream_cx_pool_overflow": 1,
      "cluster.api.upstream_rq_503": 1,
    });
    expect(stats["cluster.api.upstream_cx_none_healthy"]).toBeUndefined();
  });

  it("counts pools that have connections, of all hosts together", () => {
    const change = (bootstrap: Bootstrap) => {
      const [{ lb_endpoints }] = bootstrap.static_resources.clusters[0].load_assignment.endpoints;
      const other = structuredClone(lb_endpoints[0]);
      other.endpoint.address.socket_address.address = "10.0.0.2";
      lb_endpoints.push(other);
    };
    const requests = [0, 1, 2, 3].map((n) => ({ ...GET, n }));
    const statusesWith = (headers: Json) => {
      const endpoint = { default: { headers } };
      const upstreams = { [A]: endpoint, "10.0.0.2:8080": endpoint };
      const { results } = probed({ upstreams, cluster: limited(1), route: {}, requests, change });
      return results.map(({ status }) => status);
    };
    expect(statusesWith({})).toEqual([200, 503, 200, 503]);
    expect(statusesWith({ connection: "close" })).toEqual([200, 200, 200, 200]);
  });
});

// Envoy 1.40: HTTP/1.1 cannot go on behind a request that was answered before its body was read.
it.each([
  [0, 0],
  // The first of them waits for a connection, and has been read when its turn comes.
  [5000, 2],
])("with a body of %d bytes, answers of an inner proxy's own end %d connections", (body_bytes, ended) => {
  const inner = "10.0.0.9:80";
  const full = { circuit_breakers: { thresholds: [{ max_requests: 0 }] } };
  const trace = [1, 2, 3].map((at_ms) => JSON.stringify({ at_ms, body_bytes })).join("\n");
  const result = run(
    {
      duration: "1s",
      proxies: {
        edge: { config: "edge.json" },
        inner: { config: "inner.json", address: "10.0.0.9" },
      },
      clients: { web: { to: "edge", arrivals: { trace: "trace.jsonl" }, request: { method: "POST" } } },
    },
    {},
    { "edge.json": envoy([inner]), "inner.json": envoy([A], full), "trace.jsonl": trace },
  );
  const stats = new Map(result.proxies.find(({ name }) => name === "edge")!.stats);
  expect(stats.get("cluster.api.upstream_rq_503")).toBe(3);
  expect(stats.get("cluster.api.upstream_cx_close_notify") ?? 0).toBe(ended);
});
