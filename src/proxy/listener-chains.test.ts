import { describe, expect, it } from "vitest";
import { runTestScenario } from "../../test/support/run-scenario.ts";

const TYPE = "type.googleapis.com/envoy.extensions";

function manager(name: string, match = "{ prefix: / }"): string {
  return `
          - name: envoy.filters.network.http_connection_manager
            typed_config:
              "@type": ${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: ${name}
              route_config:
                virtual_hosts:
                  - name: all
                    domains: ["*"]
                    require_tls: ${name.startsWith("strict") ? "ALL" : "NONE"}
                    routes: [ { match: ${match}, direct_response: { status: 200 } } ]
              http_filters:
                - { name: envoy.filters.http.router, typed_config: { "@type": ${TYPE}.filters.http.router.v3.Router } }`;
}

function tls(more = ""): string {
  return `{ name: tls, typed_config: { "@type": ${TYPE}.transport_sockets.tls.v3.DownstreamTlsContext${more} } }`;
}

const BOOTSTRAP = `
static_resources:
  listeners:
    - name: in
      address: { socket_address: { address: 0.0.0.0, port_value: 443 } }
      listener_filters:
        - name: envoy.filters.listener.tls_inspector
          typed_config: { "@type": ${TYPE}.filters.listener.tls_inspector.v3.TlsInspector }
      filter_chains:
        - filter_chain_match: { server_names: [a.test] }
          transport_socket: ${tls()}
          filters: ${manager("strict_a")}
        - filter_chain_match: { server_names: ["*.mesh.test"], transport_protocol: tls }
          transport_socket: ${tls(
            ", require_client_certificate: true, common_tls_context: { validation_context: { trusted_ca: { filename: ca.pem } } }",
          )}
          filters: ${manager("mesh", "{ prefix: /, tls_context: { validated: true } }")}
        - filter_chain_match: { source_prefix_ranges: [ { address_prefix: 10.9.0.0, prefix_len: 16 } ], transport_protocol: raw_buffer }
          filters: ${manager("plain")}
`;

function statsOf(client: string): ReadonlyMap<string, number> {
  const run = runTestScenario({
    "scenario.yaml": `
name: chains
duration: 1s
network: { links: [ { latency: 1ms } ] }
proxies: { edge: { config: edge.envoy.yaml } }
clients: { web: { to: edge, arrivals: { trace: one.jsonl }, ${client} } }
`,
    "edge.envoy.yaml": BOOTSTRAP,
    "one.jsonl": '{"at_ms": 0, "path": "/", "authority": "a.test:443"}\n',
  });
  return new Map(run.proxies[0]!.stats);
}

const NO_MATCH = "listener.0.0.0.0_443.no_filter_chain_match";

describe("a listener with several filter chains", () => {
  it.each([
    [
      "TLS by the host of the request, and then the scheme is https",
      "protocol: http1",
      "http.strict_a.downstream_rq_2xx",
    ],
    ["TLS that is asked for", "tls: true", "http.strict_a.downstream_rq_2xx"],
    ["plain text by its source", "tls: false, address: 10.9.3.1", "http.plain.downstream_rq_2xx"],
    ["either, where plain text is taken", "address: 10.9.3.1", "http.plain.downstream_rq_2xx"],
    ["plain text from elsewhere not at all", "tls: false, address: 10.8.3.1", NO_MATCH],
    ["a server name of no chain not at all", "tls: { sni: b.test }, address: 10.8.3.1", NO_MATCH],
    ["a certificate", "tls: { sni: x.mesh.test, certificate: true }", "http.mesh.downstream_rq_2xx"],
  ])("takes %s", (_what, client, counter) => {
    expect(statsOf(client).get(counter)).toBe(1);
  });

  it("closes connections without the certificate that it requires", () => {
    const stats = statsOf("tls: { sni: x.mesh.test }");
    expect(stats.get("http.mesh.downstream_cx_total")).toBeUndefined();
    expect(stats.get(NO_MATCH)).toBeUndefined();
  });
});
