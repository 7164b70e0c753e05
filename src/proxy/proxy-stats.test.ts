import { expect, test } from "vitest";
import { runTestScenario } from "../../test/support/run-scenario.ts";

const scenario = `
name: stats
duration: 1s
network: { links: [ { latency: 100us } ] }
proxies: { edge: { config: edge.envoy.yaml, address: 10.1.0.1 } }
services: { shop: { cluster: shop, time: 5ms } }
clients: { web: { to: edge, arrivals: { constant: 10/s }, request: { path: / } } }
`;

function envoy({ endpoints, cluster = "" }: { endpoints: string; cluster?: string }): string {
  return `
static_resources:
  listeners:
  - name: ingress
    address: { socket_address: { address: 0.0.0.0, port_value: 8080 } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ingress
          route_config:
            virtual_hosts:
            - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: shop } } ] }
          http_filters:
          - name: envoy.filters.http.router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
  - name: shop
    type: STATIC
    ${cluster}
    load_assignment: { cluster_name: shop, endpoints: [ ${endpoints} ] }
`;
}

function endpointsAt(priority: number, host: number): string {
  const address = `{ socket_address: { address: 10.0.0.${host}, port_value: 80 } }`;
  return `{ priority: ${priority}, lb_endpoints: [ { endpoint: { address: ${address} } } ] }`;
}

function statsOf(config: string, faults = ""): ReadonlyMap<string, number> {
  const result = runTestScenario({ "scenario.yaml": scenario + faults, "edge.envoy.yaml": config });
  return new Map(result.proxies[0]!.stats);
}

test("a refused connection fails those who wait and is not replaced", () => {
  const faults = "faults: [ { at: 0s, service: shop, down: true } ]";
  const stats = statsOf(envoy({ endpoints: endpointsAt(0, 1) }), faults);
  expect(stats.get("cluster.shop.upstream_cx_connect_fail")).toBe(10);
  expect(stats.get("cluster.shop.upstream_cx_total")).toBe(10);
  expect(stats.get("cluster.shop.upstream_rq_pending_failure_eject")).toBe(10);
});

test("membership changes once for every priority that has hosts", () => {
  const stats = statsOf(envoy({ endpoints: `${endpointsAt(0, 1)}, ${endpointsAt(2, 2)}` }));
  expect(stats.get("cluster.shop.membership_change")).toBe(2);
});

test("downstream connections and requests are counted by protocol too", () => {
  const stats = statsOf(envoy({ endpoints: endpointsAt(0, 1) }));
  expect(stats.get("http.ingress.downstream_rq_http1_total")).toBe(10);
  expect(stats.get("http.ingress.downstream_cx_http1_total")).toBe(
    stats.get("http.ingress.downstream_cx_total"),
  );
  expect(stats.has("http.ingress.downstream_rq_http2_total")).toBe(false);
});
