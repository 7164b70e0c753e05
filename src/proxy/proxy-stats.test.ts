import { expect, test } from "vitest";
import { type EdgeParts, edgeBootstrap, locality } from "../../test/support/edge.ts";
import { runTestScenario } from "../../test/support/run-scenario.ts";

const scenario = `
name: stats
duration: 1s
network: { links: [ { latency: 100us } ] }
proxies: { edge: { config: edge.envoy.yaml, address: 10.1.0.1 } }
services: { shop: { cluster: shop, time: 5ms } }
clients: { web: { to: edge, arrivals: { constant: 10/s }, request: { path: / } } }
`;

function statsOf(parts: EdgeParts, faults = ""): ReadonlyMap<string, number> {
  const config = edgeBootstrap({ ...parts, cluster: "name: shop" });
  const result = runTestScenario({ "scenario.yaml": scenario + faults, "edge.envoy.yaml": config });
  return new Map(result.proxies[0]!.stats);
}

test("a refused connection fails those who wait and is not replaced", () => {
  const faults = "faults: [ { at: 0s, service: shop, down: true } ]";
  const stats = statsOf({}, faults);
  expect(stats.get("cluster.shop.upstream_cx_connect_fail")).toBe(10);
  expect(stats.get("cluster.shop.upstream_cx_total")).toBe(10);
  expect(stats.get("cluster.shop.upstream_rq_pending_failure_eject")).toBe(10);
});

test("membership changes once for every priority that has hosts", () => {
  const stats = statsOf({
    endpoints: `${locality("10.0.0.1:80")}, ${locality("10.0.0.2:80", "priority: 2")}`,
  });
  expect(stats.get("cluster.shop.membership_change")).toBe(2);
});

test("downstream connections and requests are counted by protocol too", () => {
  const stats = statsOf({});
  expect(stats.get("http.ingress.downstream_rq_http1_total")).toBe(10);
  expect(stats.get("http.ingress.downstream_cx_http1_total")).toBe(
    stats.get("http.ingress.downstream_cx_total"),
  );
  expect(stats.has("http.ingress.downstream_rq_http2_total")).toBe(false);
});
