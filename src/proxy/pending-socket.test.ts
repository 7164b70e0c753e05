import { describe, expect, test } from "vitest";
import { runTestScenario } from "../../test/support/run-scenario.ts";
import { parseProxyHeader } from "./listener-filter/proxy-header.ts";

describe("a PROXY header", () => {
  test.each([
    ["PROXY TCP4 10.0.0.1 127.0.1.5 4000 9000", { source: "10.0.0.1:4000", target: "127.0.1.5:9000" }],
    ["PROXY TCP6 ::1 2001:db8::2 1 9000", { source: "[::1]:1", target: "[2001:db8::2]:9000" }],
    ["PROXY UNKNOWN", "unknown"],
    ["PROXY UNKNOWN ffff::1 ffff::2 1 2", "unknown"],
    ["PROXY TCP4 1.2.3.4", "malformed"],
    ["PROXY TCP4 300.1.1.1 8.8.8.8 1 2", "malformed"],
    ["PROXY TCP4 1.1.1.1 8.8.8.8 1 70000", "malformed"],
    ["PROXY TCP6 1.1.1.1 8.8.8.8 1 2", "malformed"],
    ["PROXY TCP4 224.0.0.1 8.8.8.8 1 2", "malformed"],
    ["GET / HTTP/1.1", "malformed"],
  ])("%s", (line, expected) => {
    expect(parseProxyHeader(line)).toEqual(expected);
  });
});

const TYPE = "type.googleapis.com/envoy.extensions.filters";

/** Two chains by server name, each with a cluster of its own, and one for plain text, without TLS of the proxy's own. */
function bootstrap(more: object, filters: readonly object[] = []): string {
  const cluster = (name: string, address: string) => ({
    name,
    type: "STATIC",
    load_assignment: {
      cluster_name: name,
      endpoints: [
        { lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value: 443 } } } }] },
      ],
    },
  });
  const chain = (name: string, match: object) => {
    const typed_config = {
      "@type": `${TYPE}.network.tcp_proxy.v3.TcpProxy`,
      stat_prefix: name,
      cluster: name,
    };
    return { filter_chain_match: match, filters: [...filters, { name: "tcp", typed_config }] };
  };
  const inspector = { "@type": `${TYPE}.listener.tls_inspector.v3.TlsInspector` };
  const listener = {
    name: "in",
    address: { socket_address: { address: "0.0.0.0", port_value: 443 } },
    listener_filters: [{ name: "tls", typed_config: inspector }],
    filter_chains: [chain("a", { server_names: ["a.test"] }), chain("rest", {})],
    ...more,
  };
  const clusters = [cluster("a", "10.0.0.1"), cluster("rest", "10.0.0.2")];
  return JSON.stringify({ static_resources: { listeners: [listener], clusters } });
}

function run(client: object, more: object = {}, filters: readonly object[] = []) {
  const result = runTestScenario({
    "scenario.yaml": JSON.stringify({
      name: "names",
      duration: "10s",
      network: {
        links: [
          { from: "client:web", latency: "5ms" },
          { to: "client:web", latency: "5ms" },
          { from: "proxy:edge", latency: "10ms" },
          { to: "proxy:edge", latency: "10ms" },
        ],
      },
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { a: { cluster: "a", time: "20ms" }, rest: { cluster: "rest", time: "20ms" } },
      clients: { web: { to: "edge", protocol: "tcp", arrivals: { trace: "trace.jsonl" }, ...client } },
    }),
    "edge.envoy.json": bootstrap(more, filters),
    "trace.jsonl": '{"at_ms": 0, "body_bytes": 100}\n',
  });
  const stats = new Map(result.proxies[0]!.stats);
  return {
    of: (name: string) => stats.get(name) ?? 0,
    status: Object.fromEntries(result.clients[0]!.status),
    latency: result.clients[0]!.latencyMs!.max,
  };
}

describe("a listener that looks at first bytes", () => {
  test("connects with the host when it has seen them", () => {
    const { of, status, latency } = run({ tls: false });
    expect(status).toEqual({ 200: 1 });
    // The bytes are there after 15, the host connected after 35; 20 ms later it has them, and so on as ever.
    expect(latency).toBe(15 + 20 + 10 + 20 + 10 + 5);
    expect(of("tls_inspector.tls_not_found")).toBe(1);
    expect(of("tcp.rest.downstream_cx_total")).toBe(1);
  });

  test("chooses the chain by the server name, and passes TLS on", () => {
    const { of, status } = run({ tls: { sni: "A.test", alpn: ["h2"] } });
    expect(status).toEqual({ 200: 1 });
    expect(of("tls_inspector.sni_found")).toBe(1);
    expect(of("tls_inspector.alpn_found")).toBe(1);
    expect(of("cluster.a.upstream_cx_total")).toBe(1);
    expect(of("cluster.rest.upstream_cx_total")).toBe(0);
  });

  test("may take the server name for the cluster", () => {
    const sniCluster = {
      name: "sni",
      typed_config: { "@type": `${TYPE}.network.sni_cluster.v3.SniCluster` },
    };
    const filter_chains = JSON.parse(bootstrap({}, [sniCluster])).static_resources.listeners[0].filter_chains;
    const only = { filter_chains: [{ filters: filter_chains[1].filters }] };
    expect(run({ tls: { sni: "a" } }, only).of("cluster.a.upstream_cx_total")).toBe(1);
    const unknown = run({ tls: { sni: "nobody" } }, only);
    expect(unknown.status).toEqual({ lost: 1 });
    expect(unknown.of("tcp.rest.downstream_cx_no_route")).toBe(1);
  });

  test("takes clients of scenarios to send the PROXY header that it wants", () => {
    const typed_config = { "@type": `${TYPE}.listener.proxy_protocol.v3.ProxyProtocol` };
    const { status, of } = run({}, { listener_filters: [{ name: "proxy", typed_config }] });
    expect(status).toEqual({ 200: 1 });
    expect(of("tcp.rest.downstream_cx_total")).toBe(1);
  });
});
