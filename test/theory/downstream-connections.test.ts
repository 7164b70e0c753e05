import { describe, expect, it } from "vitest";
import { envoy, run, type World } from "../support/world.ts";

/** The bootstrap with one listener, with more fields of its connection manager. */
function withManager(fields: World, cluster: World = {}): string {
  const bootstrap = JSON.parse(envoy(["10.0.0.1:8080"], cluster));
  Object.assign(bootstrap.static_resources.listeners[0].filter_chains[0].filters[0].typed_config, fields);
  return JSON.stringify(bootstrap);
}

/** What the connection manager counts, and how the requests at these instants ended. */
function serve(manager: World, instants: readonly number[], client: World = {}, more: World = {}) {
  const trace = instants.map((at) => JSON.stringify({ at_ms: at })).join("\n");
  const { proxies, clients } = run(
    {
      duration: "60s",
      drain: "60s",
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api" } },
      network: {
        links: [
          { from: "client:web", latency: "1ms" },
          { to: "client:web", latency: "1ms" },
        ],
      },
      clients: { web: { to: "edge", arrivals: { trace: "trace.jsonl" }, ...client } },
      ...more,
    },
    {},
    { "trace.jsonl": trace, "edge.envoy.json": withManager(manager) },
  );
  const all = new Map(proxies[0]!.stats);
  return {
    of: (name: string) => all.get(`http.ingress.downstream_${name}`) ?? 0,
    status: new Map(clients[0]!.status),
  };
}

describe("an idle connection from a client", () => {
  const manager = { common_http_protocol_options: { idle_timeout: "2s" } };

  it("is drained: an answer within the drain time says that it is the last", () => {
    // Idle from 4 ms (the set-up takes 2 ms, the way 1 ms); drained from 2004 ms on, for 5 s.
    const { of, status } = serve(manager, [0, 3000, 4000]);
    expect(of("cx_idle_timeout")).toBe(2);
    expect(of("cx_total")).toBe(2);
    expect(of("cx_destroy_remote")).toBe(1);
    expect(status.get("200")).toBe(3);
  });

  it("is closed at the end of the drain time and the delay that Envoy leaves to the client", () => {
    const { of } = serve(manager, [0]);
    expect(of("cx_destroy_local")).toBe(1);
    expect(of("cx_delayed_close_timeout")).toBe(1);
    expect(of("cx_active")).toBe(0);
  });

  it("loses what is sent on it meanwhile", () => {
    const { of, status } = serve(manager, [0, 7500]);
    expect(status.get("lost")).toBe(1);
    expect(of("rq_total")).toBe(1);
  });

  it("is closed without a delay where that is off", () => {
    const { of } = serve({ ...manager, delayed_close_timeout: "0s" }, [0]);
    expect(of("cx_destroy_local")).toBe(1);
    expect(of("cx_delayed_close_timeout")).toBe(0);
  });

  it("of HTTP/2 is left by the client when it hears of the end", () => {
    const { of, status } = serve(manager, [0, 3000], { protocol: "http2" });
    expect(of("cx_destroy_remote")).toBe(2);
    expect(of("cx_total")).toBe(2);
    expect(status.get("200")).toBe(2);
  });
});

describe("a connection from a client that has lasted long enough", () => {
  const options = { max_connection_duration: "3s" };

  it("is drained", () => {
    const { of, status } = serve({ common_http_protocol_options: options }, [0, 2000, 4000, 4500]);
    expect(of("cx_max_duration_reached")).toBe(2);
    expect(of("cx_total")).toBe(2);
    expect(status.get("200")).toBe(4);
  });

  it("is closed by an answer only, where HTTP/1.1 is to be safe", () => {
    const manager = { common_http_protocol_options: options, http1_safe_max_connection_duration: true };
    const { of, status } = serve(manager, [0, 20_000, 20_100]);
    expect(of("cx_total")).toBe(2);
    expect(status.get("200")).toBe(3);
    expect(of("cx_delayed_close_timeout")).toBe(0);
  });

  // Envoy 1.40, HttpConnectionManagerConfig::maxConnectionDuration: base + random % ceil(base * percent / 100) ms.
  it("takes the requests that wait for it, where its time is over before TLS is set up", () => {
    const typed_config = {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
    };
    const bootstrap = JSON.parse(
      withManager({ common_http_protocol_options: { max_connection_duration: "1s" } }),
    );
    const [chain] = bootstrap.static_resources.listeners[0].filter_chains;
    chain.transport_socket = { name: "envoy.transport_sockets.tls", typed_config };
    const { clients } = run(
      {
        duration: "20s",
        drain: "20s",
        proxies: { edge: { config: "edge.envoy.json" } },
        services: { api: { cluster: "api" } },
        network: {
          links: [
            { to: "client:web", latency: "600ms" },
            { from: "client:web", latency: "600ms" },
          ],
        },
        clients: { web: { to: "edge", protocol: "http2", arrivals: { trace: "trace.jsonl" } } },
      },
      {},
      { "trace.jsonl": JSON.stringify({ at_ms: 0 }), "edge.envoy.json": JSON.stringify(bootstrap) },
    );
    expect(new Map(clients[0]!.status)).toEqual(new Map([["200", 1]]));
  });

  it("lasts up to the jitter longer", () => {
    const jitter = { ...options, max_connection_duration_jitter: { value: 100 } };
    const users = { arrivals: { closed: { users: 200, think: "100ms" } } };
    const { of } = serve({ common_http_protocol_options: jitter }, [], users, {
      duration: "4500ms",
      drain: "1ms",
    });
    // Uniform from 3 s to 6 s: half of 200 connections, opened at 100 ms, by 4.5 s; four standard deviations are 28.
    expect(of("cx_max_duration_reached")).toBeGreaterThan(100 * (1.4 / 1.5) - 28);
    expect(of("cx_max_duration_reached")).toBeLessThan(100 * (1.4 / 1.5) + 28);
  });
});

describe("a connection from a client with a number of requests", () => {
  const manager = { common_http_protocol_options: { max_requests_per_connection: 2 } };

  it("ends with the answer to the last", () => {
    const { of, status } = serve(manager, [0, 100, 200, 300, 400]);
    expect(of("cx_total")).toBe(3);
    expect(of("cx_max_requests_reached")).toBe(2);
    expect(of("cx_destroy")).toBe(2);
    expect(status.get("200")).toBe(5);
  });

  it("of HTTP/2 is drained", () => {
    const { of, status } = serve(manager, [0, 100, 200, 300, 400], { protocol: "http2" });
    expect(of("cx_total")).toBe(3);
    expect(of("cx_destroy_remote")).toBe(2);
    expect(status.get("200")).toBe(5);
  });
});

it("counts a connection that a client leaves with a request on it", () => {
  const slow = { services: { api: { cluster: "api", time: "1s" } } };
  const { of } = serve({}, [0], { timeout: "100ms" }, slow);
  expect(of("cx_destroy_remote_active_rq")).toBe(1);
  expect(of("cx_destroy_active_rq")).toBe(1);
});
