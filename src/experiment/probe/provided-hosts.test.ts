import { describe, expect, test } from "vitest";
import { EXTENSIONS, edgeBootstrap, endpoint, locality } from "../../../test/support/edge.ts";
import { probe } from "./probe.ts";

/** `127.0.0.1:8081` answers with 200, `:8082` refuses connections. */
const UPSTREAMS = {
  "127.0.0.1:8081": { default: { status: 200 } },
  "127.0.0.1:8082": { listen: false },
};

const clusterType = (name: string, type: string, options: string) =>
  `cluster_type: { name: ${name}, typed_config: { "@type": ${EXTENSIONS}.clusters.${type}.v3.ClusterConfig, ${options} } }`;

const CACHE = "dns_cache_config: { name: c, max_hosts: 3 }";

const CLUSTERS = [
  `name: both, lb_policy: CLUSTER_PROVIDED, ${clusterType("envoy.clusters.aggregate", "aggregate", "clusters: [ one, two ]")}`,
  `name: one, load_assignment: { cluster_name: one, endpoints: [ { lb_endpoints: [ { ${endpoint("127.0.0.1:8082")}, health_status: UNHEALTHY } ] } ] }`,
  `name: two, load_assignment: { cluster_name: two, endpoints: [ ${locality("127.0.0.1:8081")} ] }`,
  "name: destination, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, cleanup_interval: 1s, original_dst_lb_config: { use_http_header: true }",
];

const ROUTES = [
  "{ match: { prefix: /both }, route: { cluster: both } }",
  "{ match: { prefix: /destination }, route: { cluster: destination } }",
  "{ match: { prefix: / }, route: { cluster: forward } }",
];

const envoy = (filters: string) =>
  edgeBootstrap({
    listener: "address: { socket_address: { address: 127.0.0.1, port_value: 10000 } }",
    manager: `route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [ ${ROUTES.join(", ")} ] } ] }`,
    filters,
    cluster: `name: forward, load_assignment: null, lb_policy: CLUSTER_PROVIDED, ${clusterType("envoy.clusters.dynamic_forward_proxy", "dynamic_forward_proxy", CACHE)}`,
    clusters: CLUSTERS.map((cluster) => `{ ${cluster} }`).join(", "),
  });

const FILTER = `{ name: f, typed_config: { "@type": ${EXTENSIONS}.filters.http.dynamic_forward_proxy.v3.FilterConfig, ${CACHE} } }`;

interface Sent {
  readonly authority?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function run(requests: readonly Sent[], filters = FILTER) {
  const lines = requests.map(({ authority = "a", path = "/", headers = {} }, n) =>
    JSON.stringify({ n, at_ms: 0, method: "GET", authority, path, headers, body_bytes: 0 }),
  );
  const files = new Map([
    ["envoy.yaml", envoy(filters)],
    ["upstreams.json", JSON.stringify(UPSTREAMS)],
    ["case.json", JSON.stringify({ mode: "sequential" })],
    ["requests.jsonl", lines.join("\n")],
  ]);
  const result = probe((name) => files.get(name)!, { seed: "1" });
  if (result.kind === "failed") throw new Error(result.reason);
  const text = (name: string) => result.files.find((file) => file.name === name)!.text;
  const rows = text("results.jsonl").trimEnd().split("\n");
  expect(result.notSimulated).toEqual([]);
  return { results: rows.map((row) => JSON.parse(row)), stats: JSON.parse(text("stats.json")) };
}

/** What is expected here is what the real Envoy 1.40.0 answered and counted for the same requests. */
describe("a dynamic forward proxy", () => {
  test("sends to numeric authorities, each a host from then on", () => {
    const { results, stats } = run([{ authority: "127.0.0.1:8081" }, { authority: "127.0.0.1:8081" }]);
    expect(results[0]).toMatchObject({ status: 200, host: "127.0.0.1:8081", cluster: "forward" });
    expect(stats).toMatchObject({
      "cluster.forward.membership_change": 1,
      "cluster.forward.membership_total": 1,
      "cluster.forward.membership_healthy": 1,
      "cluster.forward.upstream_cx_total": 1,
      "dns_cache.c.dns_query_attempt": 1,
      "dns_cache.c.host_added": 1,
      "dns_cache.c.num_hosts": 1,
    });
  });

  test("answers for a name that nobody has; with its filter in front nothing is charged to the cluster", () => {
    const details = "dns_resolution_failure{cares_norecords:Domain_name_not_found}";
    const filtered = run([{ authority: "nosuch.example:80" }]);
    expect(filtered.results[0]).toMatchObject({ status: 503, flags: "DF", details, attempt_count: 0 });
    expect(filtered.stats["cluster.forward.upstream_rq_503"]).toBeUndefined();
    const bare = run([{ authority: "nosuch.example:80" }], "");
    expect(bare.results[0]).toMatchObject({ status: 503, flags: "UH", details });
    expect(bare.stats["cluster.forward.upstream_cx_none_healthy"]).toBe(1);
  });

  test("looks a name up in its filter's place: what is refused before it has no name to miss", () => {
    const type = `"@type": ${EXTENSIONS}.filters.http.fault.v3.HTTPFault`;
    const abort = `{ name: fault, typed_config: { ${type}, abort: { http_status: 418, percentage: { numerator: 100 } } } }`;
    const requests = [{ authority: "nosuch.example:80" }];
    expect(run(requests, `${abort}, ${FILTER}`).results[0]).toMatchObject({ status: 418, flags: "FI" });
    expect(run(requests, `${FILTER}, ${abort}`).results[0]).toMatchObject({ status: 503, flags: "DF" });
  });

  test("has room for so many names", () => {
    const { results, stats } = run(
      [1, 2, 3, 4].map((n) => ({ authority: `127.0.0.1:${n}` })),
      "",
    );
    expect(results[3]).toMatchObject({ status: 503, details: "dns_cache_overflow" });
    expect(stats["dns_cache.c.host_overflow"]).toBe(1);
  });
});

describe("an aggregate cluster", () => {
  test("charges answers to itself and connections to the chosen cluster", () => {
    const { results, stats } = run([{ path: "/both" }]);
    expect(results[0]).toMatchObject({ status: 200, cluster: "both", host: "127.0.0.1:8081" });
    expect(stats).toMatchObject({ "cluster.both.upstream_rq_200": 1, "cluster.two.upstream_cx_total": 1 });
    expect(stats["cluster.two.upstream_rq_total"]).toBe(1);
    expect(stats["cluster.two.upstream_rq_200"]).toBeUndefined();
    expect(stats["cluster.both.upstream_rq_total"]).toBeUndefined();
  });
});

describe("an original destination cluster", () => {
  const to = (host: string) => ({ path: "/destination", headers: { "x-envoy-original-dst-host": host } });

  test("sends to the address in the header", () => {
    const { results, stats } = run([to("127.0.0.1:8081")]);
    expect(results[0]).toMatchObject({ status: 200, host: "127.0.0.1:8081", cluster: "destination" });
    expect(stats["cluster.destination.membership_total"]).toBe(1);
  });

  test("has no host for a header that is none, of a connection that nobody redirected", () => {
    const { results, stats } = run([to("bogus")]);
    expect(results[0]).toMatchObject({ status: 503, flags: "UH", details: "no_healthy_upstream" });
    expect(stats["cluster.destination.original_dst_host_invalid"]).toBe(1);
    expect(stats["cluster.destination.upstream_cx_none_healthy"]).toBe(1);
  });
});
