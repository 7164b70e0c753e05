import { describe, expect, it } from "vitest";
import {
  A,
  addOther,
  B,
  type Bootstrap,
  GET,
  type Json,
  managerOf,
  probed as run,
} from "../support/probed.ts";
import { runTestScenario } from "../support/run-scenario.ts";
import { envoy } from "../support/world.ts";

// Envoy's own numbers: section "Hedging" of its behaviour as seen with the released 1.40.0.
describe("hedging", () => {
  const retry_policy = {
    retry_on: "5xx",
    num_retries: 2,
    per_try_timeout: "0.1s",
    retry_back_off: { base_interval: "0.001s" },
  };
  const route = { timeout: "1s", retry_policy, hedge_policy: { hedge_on_per_try_timeout: true } };
  const slow = { delay_ms: 3000 };

  it("lets a second attempt win, and resets the first", () => {
    const { results, stats } = run({
      route,
      upstreams: { [A]: { script: [slow], default: { delay_ms: 10 } } },
    });
    expect(results[0]).toMatchObject({ status: 200, flags: "-", attempt_count: 2, duration_ms: 110 });
    expect(stats["cluster.api.upstream_rq_per_try_timeout"]).toBeUndefined();
    expect(stats["cluster.api.upstream_rq_retry"]).toBe(1);
    expect(stats["cluster.api.upstream_rq_active"]).toBeUndefined();
    expect(stats["cluster.api.upstream_cx_destroy_local_with_active_rq"]).toBe(1);
  });

  it("ends all attempts with the route's time limit, and counts each", () => {
    const { results, stats } = run({ route, upstreams: { [A]: { default: slow } } });
    expect(results[0]).toMatchObject({ status: 504, flags: "URX,UT", details: "response_timeout" });
    expect(results[0]).toMatchObject({ attempt_count: 3, duration_ms: 1000 });
    expect(stats).toMatchObject({
      "cluster.api.upstream_rq_timeout": 3,
      "cluster.api.upstream_rq_504": 3,
      "cluster.api.upstream_rq_retry": 2,
      "cluster.api.upstream_rq_retry_limit_exceeded": 1,
    });
  });

  it("waits for a slow good answer where later attempts have bad ones", () => {
    const script = [{ delay_ms: 300 }, { status: 503 }, { status: 503 }];
    const { results } = run({ route, upstreams: { [A]: { script } } });
    expect(results[0]).toMatchObject({ status: 200, flags: "URX", attempt_count: 3, duration_ms: 300 });
  });

  it("passes a bad answer on when no other can come", () => {
    const script = [{ delay_ms: 300, status: 503 }, { status: 503 }, { status: 502 }];
    const { results } = run({ route, upstreams: { [A]: { script } } });
    expect(results[0]).toMatchObject({ status: 503, flags: "URX", duration_ms: 300 });
  });

  it("needs a policy that retries something, and its header decides for internal requests", () => {
    const withoutRetries = { ...route, retry_policy: { per_try_timeout: "0.1s" } };
    const { results } = run({ route: withoutRetries, upstreams: { [A]: { default: { delay_ms: 300 } } } });
    expect(results[0]).toMatchObject({ status: 200, attempt_count: 1, duration_ms: 300 });
    const headers = { "x-envoy-hedge-on-per-try-timeout": "false" };
    const internal = run({
      route,
      upstreams: { [A]: { default: slow } },
      requests: [{ ...GET, headers: { ...headers, "x-forwarded-for": "10.9.9.9" } }],
      change: (bootstrap) => {
        managerOf(bootstrap).internal_address_config = {
          cidr_ranges: [{ address_prefix: "10.0.0.0", prefix_len: 8 }],
        };
      },
    });
    expect(internal.stats["cluster.api.upstream_rq_per_try_timeout"]).toBe(3);
  });

  it("hedges after silence as well, and falls back on the virtual host's policy", () => {
    const { per_try_timeout, ...others } = retry_policy;
    const { results, stats } = run({
      route: { timeout: "1s", retry_policy: { ...others, per_try_idle_timeout: per_try_timeout } },
      upstreams: { [A]: { script: [slow], default: {} } },
      change: (bootstrap) => {
        const [host] = managerOf(bootstrap).route_config.virtual_hosts;
        host.hedge_policy = { hedge_on_per_try_timeout: true, initial_requests: 3 };
      },
    });
    expect(results[0]).toMatchObject({ status: 200, attempt_count: 2, duration_ms: 100 });
    expect(stats["cluster.api.upstream_rq_per_try_idle_timeout"]).toBeUndefined();
  });
});

describe("mirroring", () => {
  const route = { request_mirror_policies: [{ cluster: "other" }] };
  const upstreams = { [A]: {}, [B]: { mirror: true, default: { delay_ms: 200 } } };

  it("sends a copy that nobody waits for", () => {
    const { results, mirrors, stats } = run({ route, upstreams, change: addOther });
    expect(results[0]).toMatchObject({ status: 200, attempts: [A], duration_ms: 0 });
    expect(mirrors).toEqual([
      { n: 0, endpoint: B, method: "GET", authority: "api.test-shadow:80", path: "/" },
    ]);
    expect(stats).toMatchObject({
      "cluster.other.upstream_rq_total": 1,
      "cluster.other.internal.upstream_rq_200": 1,
      "http.async-client.rq_total": 1,
    });
    expect(stats["cluster.other.upstream_rq_active"]).toBeUndefined();
  });

  it("gives a copy the time limit of its original", () => {
    const { stats } = run({ route: { ...route, timeout: "0.1s" }, upstreams, change: addOther });
    expect(stats["cluster.other.upstream_rq_timeout"]).toBe(1);
  });

  it("takes the policies of the nearest level that has any", () => {
    const levels: readonly ((bootstrap: Bootstrap) => Bootstrap)[] = [
      (bootstrap) => managerOf(bootstrap).route_config.virtual_hosts[0],
      (bootstrap) => managerOf(bootstrap).route_config,
    ];
    for (const level of levels) {
      const change = (bootstrap: Bootstrap) => {
        addOther(bootstrap);
        level(bootstrap).request_mirror_policies = [
          { cluster_header: "x-to", disable_shadow_host_suffix_append: true },
        ];
      };
      const requests = ["other", "nowhere"].map((to, n) => ({ ...GET, n, headers: { "x-to": to } }));
      const { mirrors } = run({ route: {}, upstreams, change, requests });
      expect(mirrors).toMatchObject([{ n: 0, endpoint: B, authority: "api.test:80" }]);
    }
  });

  it("leaves the chance of the original alone", () => {
    const scenario = `
name: mirrored
duration: 2s
proxies: { edge: { config: edge.envoy.yaml } }
services: { api: { cluster: api, time: { exponential: { mean: 10ms } } }, other: { cluster: other, time: { exponential: { mean: 10ms } } } }
clients: { web: { to: edge, arrivals: { poisson: 100/s }, request: { path: /, authority: a } } }
`;
    const latencies = [{}, route].map((action) => {
      const bootstrap = JSON.parse(envoy([A], {}, action));
      addOther(bootstrap);
      const run = runTestScenario({
        "scenario.yaml": scenario,
        "edge.envoy.yaml": JSON.stringify(bootstrap),
      });
      const [api, other] = run.services;
      return { client: run.clients[0]!.latencyMs, api: api!.requests, other: other!.requests };
    });
    expect(latencies[1]!.client).toEqual(latencies[0]!.client);
    expect(latencies[1]!.other).toBe(latencies[1]!.api);
    expect(latencies[0]!.other).toBe(0);
  });
});

describe("internal redirects", () => {
  const to = (location: string, status = 302) => ({ status, headers: { location } });
  const redirected = (internal_redirect_policy: Json, location: string, status = 302) => {
    const script = [to(location, status), to(location, status)];
    return run({ route: { internal_redirect_policy }, upstreams: { [A]: { script } } });
  };

  it("go on with the new host and path", () => {
    const { results, upstream, stats } = run({
      route: { internal_redirect_policy: {} },
      upstreams: { [A]: { script: [to("http://moved.test/there?a=b#c")] } },
    });
    expect(results[0]).toMatchObject({ status: 200, details: "via_upstream", attempts: [A, A] });
    expect(upstream).toMatchObject([{ path: "/" }, { authority: "moved.test", path: "/there?a=b" }]);
    expect(stats).toMatchObject({
      "cluster.api.upstream_internal_redirect_succeeded_total": 1,
      "cluster.api.upstream_rq_200": 1,
      "http.ingress.downstream_rq_2xx": 1,
      "http.ingress.rq_total": 2,
    });
    expect(stats["cluster.api.upstream_rq_302"]).toBeUndefined();
  });

  const failures: readonly [reason: string, policy: Json, location: string][] = [
    ["bad_location", {}, "/there"],
    ["unsafe_scheme", {}, "https://moved.test/"],
    ["too_many_redirects", { max_internal_redirects: 0 }, "http://moved.test/"],
    [
      "predicate",
      {
        predicates: [
          {
            name: "envoy.internal_redirect_predicates.allow_listed_routes",
            typed_config: {
              "@type":
                "type.googleapis.com/envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig",
              allowed_route_names: ["another"],
            },
          },
        ],
      },
      "http://moved.test/",
    ],
    [
      "predicate",
      {
        allow_cross_scheme_redirect: true,
        predicates: [
          {
            name: "envoy.internal_redirect_predicates.safe_cross_scheme",
            typed_config: {
              "@type":
                "type.googleapis.com/envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig",
            },
          },
        ],
      },
      "https://moved.test/",
    ],
  ];
  it.each(failures)("are passed on for %s", (reason, policy, location) => {
    const { results, stats } = redirected(policy, location);
    expect(results[0]).toMatchObject({ status: 302, details: "via_upstream" });
    expect(stats[`http.ingress.passthrough_internal_redirect_${reason}`]).toBe(1);
    expect(stats["cluster.api.upstream_internal_redirect_failed_total"]).toBe(1);
  });

  it("do not lead twice from a route to the same one", () => {
    const previous = "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig";
    const predicates = [
      {
        name: "envoy.internal_redirect_predicates.previous_routes",
        typed_config: { "@type": `type.googleapis.com/${previous}` },
      },
    ];
    const { results, stats } = redirected({ max_internal_redirects: 5, predicates }, "http://moved.test/");
    expect(results[0]).toMatchObject({ status: 302, attempts: [A, A] });
    expect(stats["http.ingress.passthrough_internal_redirect_predicate"]).toBe(1);
  });

  it("follow only the codes of the policy, and see-other with GET", () => {
    const policy = { redirect_response_codes: [303] };
    expect(redirected(policy, "http://moved.test/").results[0]).toMatchObject({ status: 302 });
    const { upstream } = run({
      route: { internal_redirect_policy: policy },
      upstreams: { [A]: { script: [to("http://moved.test/", 303)] } },
      requests: [{ ...GET, method: "POST", body_bytes: 10 }],
    });
    expect(upstream).toMatchObject([{ method: "POST" }, { method: "GET" }]);
  });
});

describe("options of the router", () => {
  const routerWith = (options: Json) => (bootstrap: Bootstrap) => {
    Object.assign(managerOf(bootstrap).http_filters.at(-1).typed_config, options);
    managerOf(bootstrap).internal_address_config = {
      cidr_ranges: [{ address_prefix: "10.0.0.0", prefix_len: 8 }],
    };
  };
  const from = (headers: Json) => [{ ...GET, headers: { ...headers, "x-forwarded-for": "10.9.9.9" } }];

  it("refuse malformed headers where they are checked", () => {
    const headers = { "x-envoy-max-retries": "many" };
    const upstreams = { [A]: {} };
    const change = routerWith({ strict_check_headers: ["x-envoy-max-retries"] });
    const { results, stats } = run({ route: {}, upstreams, requests: from(headers), change });
    expect(results[0]).toMatchObject({
      status: 400,
      flags: "IH",
      details: "request_headers_failed_strict_check{x-envoy-max-retries}",
    });
    expect(stats["cluster.api.upstream_rq_total"]).toBeUndefined();
  });

  it("respect the time that a proxy before expects", () => {
    const upstreams = { [A]: { default: { delay_ms: 500 } } };
    const headers = { "x-envoy-expected-rq-timeout-ms": "100" };
    const requests = from(headers);
    const duration = (options: Json) =>
      run({ route: {}, upstreams, requests, change: routerWith(options) }).results[0]!.duration_ms;
    expect(duration({})).toBe(500);
    expect(duration({ respect_expected_rq_timeout: true })).toBe(100);
  });
});

// Envoy 1.40, ActiveStream::encodeHeaders (drain_state_ Closing) and the HTTP/1.1 pool's StreamWrapper.
it("does not use a connection again on which a request was answered before its body was read", () => {
  const scenario = {
    name: "early",
    duration: "1s",
    network: { links: [{ latency: "2ms" }] },
    proxies: {
      edge: { config: "edge.envoy.yaml" },
      inner: { config: "inner.envoy.yaml", address: "10.0.9.1" },
    },
    services: { api: { cluster: "api" } },
    clients: { web: { to: "edge", arrivals: { trace: "posts.jsonl" } } },
  };
  const limited = (limits: Json) => ({ circuit_breakers: { thresholds: [limits] } });
  const edge = JSON.parse(envoy(["10.0.9.1:80"], limited({ max_connections: 1 })));
  const inner = envoy([A], limited({ max_pending_requests: 0 }));
  edge.static_resources.clusters[0].name = "inner";
  managerOf(edge).route_config.virtual_hosts[0].routes[0].route.cluster = "inner";
  const post = JSON.stringify({ at_ms: 0, method: "POST", path: "/", authority: "a", body_bytes: 10 });
  const result = runTestScenario({
    "scenario.yaml": JSON.stringify(scenario),
    "edge.envoy.yaml": JSON.stringify(edge),
    "inner.envoy.yaml": inner,
    "posts.jsonl": `${[post, post, post, post].join("\n")}\n`,
  });
  // The inner proxy refuses them all; nobody is lost with a connection that is closing.
  expect(result.clients[0]!.flags).toEqual([]);
  expect(result.clients[0]!.status).toEqual([["503", 4]]);
  const stats = new Map(result.proxies[0]!.stats);
  expect(stats.get("cluster.inner.upstream_cx_close_notify")).toBe(4);
  expect(stats.get("cluster.inner.upstream_cx_destroy_with_active_rq")).toBeUndefined();
});
