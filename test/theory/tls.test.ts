import { describe, expect, it } from "vitest";
import { ask, envoy, round, type World } from "../support/world.ts";

const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3";

function upstream(context: World = {}): World {
  const typed_config = { "@type": `${TLS}.UpstreamTlsContext`, ...context };
  return {
    transport_socket: { name: "envoy.transport_sockets.tls", typed_config },
    // Each request has a connection of its own.
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        common_http_protocol_options: { max_requests_per_connection: 1 },
        explicit_http_config: { http_protocol_options: {} },
      },
    },
  };
}

function newest(version: string): World {
  return { common_tls_context: { tls_params: { tls_maximum_protocol_version: version } } };
}

/** Round trips before the request itself of requests a second apart; hosts are 10 ms away and take 1 ms. */
function roundTrips(cluster: World, hosts = ["10.0.0.1:8080"]): number[] {
  const world = {
    proxies: { edge: { config: "edge.envoy.json" } },
    services: { api: { cluster: "api" } },
    network: {
      links: [
        { from: "proxy:edge", latency: "10ms" },
        { from: "service:api", latency: "10ms" },
      ],
    },
  };
  const files = { "edge.envoy.json": envoy(hosts, cluster) };
  const toClients = 20;
  return ask(world, [0, 1000, 2000], { client: { to: "edge" }, files }).map(
    ({ ms }, index) => (ms - 21 - 10 - (index === 0 ? 10 : 0)) / toClients,
  );
}

describe("the set-up of a connection to a host", () => {
  it.each([
    ["costs one round trip without TLS", { ...upstream(), transport_socket: undefined }, [1, 1, 1]],
    ["costs two more with TLS 1.2, Envoy's default, and one once there is a session", upstream(), [3, 2, 2]],
    ["costs two more each time without sessions", upstream({ max_session_keys: 0 }), [3, 3, 3]],
    ["costs one more with TLS 1.3", upstream(newest("TLSv1_3")), [2, 2, 2]],
  ])("%s", (_what, cluster, expected) => {
    expect(roundTrips(cluster)).toEqual(expected);
  });

  it("profits of a session with the same host only", () => {
    expect(roundTrips(upstream(), ["10.0.0.1:8080", "10.0.0.2:8080"])).toEqual([3, 3, 3]);
  });
});

describe("clients of a listener with TLS", () => {
  function latencies(context: World, proxy: World, instants: number[], client: World = {}) {
    const bootstrap = JSON.parse(envoy(["10.0.0.1:8080"]));
    const [chain] = bootstrap.static_resources.listeners[0].filter_chains;
    const typed_config = {
      "@type": `${TLS}.DownstreamTlsContext`,
      ...context,
    };
    chain.transport_socket = { name: "envoy.transport_sockets.tls", typed_config };
    const world = {
      proxies: { edge: { config: "edge.envoy.json", ...proxy } },
      services: { api: { cluster: "api", time: "100ms" } },
      network: {
        links: [
          { from: "client:web", latency: "10ms" },
          { to: "client:web", latency: "10ms" },
        ],
      },
    };
    const files = { "edge.envoy.json": JSON.stringify(bootstrap) };
    return ask(world, instants, { client: { to: "edge", ...client }, files }).map(({ ms }) =>
      round(ms - 120),
    );
  }

  it("pay one more round trip with TLS 1.3, Envoy's default", () => {
    expect(latencies({}, {}, [0, 1])).toEqual([40, 40]);
  });

  it("pay two more with TLS 1.2, and one where they have been before", () => {
    expect(latencies(newest("TLSv1_2"), {}, [0, 200, 201])).toEqual([60, 0, 40]);
  });

  it("wait for their turn at a worker that takes time for each handshake", () => {
    expect(latencies({}, { handshake: "5ms" }, [0, 1, 2])).toEqual([45, 49, 53]);
  });
});
