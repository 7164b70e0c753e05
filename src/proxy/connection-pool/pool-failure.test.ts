import { expect, it } from "vitest";
import { runTestScenario } from "../../../test/support/run-scenario.ts";

const BOOTSTRAP = `
static_resources:
  listeners:
    - name: in
      address: { socket_address: { address: 0.0.0.0, port_value: 80 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: in
                route_config:
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                        - match: { prefix: / }
                          route: { cluster: store, retry_policy: { retry_on: connect-failure } }
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
    - name: store
      type: STATIC
      circuit_breakers:
        thresholds: [ { retry_budget: { budget_percent: { value: 100 }, min_retry_concurrency: 0 } } ]
      load_assignment:
        cluster_name: store
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: 8080 } } }
`;

// Envoy 1.40, ConnPoolImplBase::purgePendingStreams: the pending stream is destroyed after it was told of its failure.
it("counts a stream as pending for a retry budget while its failed connection is dealt with", () => {
  const scenario = `
name: refused
duration: 1s
proxies: { edge: { config: edge.envoy.yaml } }
services: { store: { cluster: store } }
clients: { web: { to: edge, arrivals: { trace: one.jsonl } } }
faults: [ { at: 0s, service: store, down: true } ]
`;
  const run = runTestScenario({
    "scenario.yaml": scenario,
    "edge.envoy.yaml": BOOTSTRAP,
    "one.jsonl": '{"at_ms": 1, "path": "/", "authority": "a"}\n',
  });
  const stats = new Map(run.proxies[0]!.stats);
  expect(stats.get("cluster.store.upstream_rq_retry")).toBe(1);
  expect(stats.get("cluster.store.upstream_rq_retry_overflow")).toBeUndefined();
});
