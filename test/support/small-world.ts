import type { TestFiles } from "./run-scenario.ts";

/** A client, a proxy and a service with two hosts, two seconds long, as files of a test. */
export function scenarioFiles(more = ""): TestFiles {
  return { "scenario.yaml": scenarioText + more, "edge.yaml": edgeText };
}

const scenarioText = `name: small
seed: 7
duration: 2s
proxies:
  edge: { config: edge.yaml, address: 10.1.0.1 }
services:
  api: { cluster: api, workers: 2, time: { exponential: { mean: 10ms } } }
clients:
  web: { to: edge, arrivals: { poisson: 150/s }, request: { method: GET, authority: shop.example, path: / } }
expect:
- web.success_rate > 50%
`;

const edgeText = `static_resources:
  listeners:
  - name: ingress
    address: { socket_address: { address: 0.0.0.0, port_value: 10000 } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ingress
          route_config:
            name: local
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes: [ { name: all, match: { prefix: / }, route: { cluster: api } } ]
          http_filters:
          - name: envoy.filters.http.router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
  - name: api
    type: STATIC
    connect_timeout: 1s
    load_assignment:
      cluster_name: api
      endpoints:
      - lb_endpoints:
        - endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: 8080 } } }
        - endpoint: { address: { socket_address: { address: 10.0.0.2, port_value: 8080 } } }
`;
