import { describe, expect, it } from "vitest";
import { ask, envoy, run } from "../support/world.ts";

/** Hosts that answer after 1 ms, 10 ms away. */
const far = { services: { api: {} }, network: { links: [{ latency: "10ms" }] } };

describe("connections of a client", () => {
  it("cost one round trip to set up and are kept alive", () => {
    expect(ask(far, [0, 100])).toEqual([
      { status: "200", ms: 41 },
      { status: "200", ms: 21 },
    ]);
  });

  it("carry one request at a time; a second request at once opens another", () => {
    // The second is wanted while the first is under way; the third and fourth find two free connections.
    expect(ask(far, [0, 5, 100, 101]).map(({ ms }) => ms)).toEqual([41, 41, 21, 21]);
  });

  it("wait for their set-up only: what is freed meanwhile is not taken by who has asked for a new one", () => {
    // The first is freed at 41 ms, before the second's own connection is ready at 58 ms.
    expect(ask(far, [0, 38]).map(({ ms }) => ms)).toEqual([41, 41]);
  });

  it("carry all requests at once in HTTP/2, one connection for each host", () => {
    // The second finds the connection half set up and waits for the rest of it.
    const ms = ask(far, [0, 5, 100, 101], { client: { protocol: "http2" } }).map((ended) => ended.ms);
    expect(ms).toEqual([41, 36, 21, 21]);
  });

  it("are opened to the replicas in turn", () => {
    const world = { duration: "1s", services: { api: { replicas: 3, time: "50ms" } } };
    const arrivals = { trace: "trace.jsonl" };
    const trace = [0, 1, 2, 3, 100, 200].map((at) => `{"at_ms": ${at}}`).join("\n");
    const { services } = run(
      { ...world, clients: { web: { to: "api", arrivals } } },
      {},
      { "trace.jsonl": trace },
    );
    // Four connections, the fourth to the first host again. At 3 + 50 ms it is the one freed last.
    expect(services[0]!.hosts.map(({ address, requests }) => [address, requests])).toEqual([
      ["10.128.0.1:8080", 4],
      ["10.128.0.2:8080", 1],
      ["10.128.0.3:8080", 1],
    ]);
  });

  it("that were freed last are used first", () => {
    // Host 2's answer comes last, so its connection is used from then on.
    const world = {
      services: { api: { replicas: 2 } },
      network: { links: [{ to: "10.128.0.2", latency: "10ms" }, { latency: "0ms" }] },
    };
    expect(ask(world, [0, 0.5, 100, 200]).map(({ ms }) => ms)).toEqual([1, 21, 11, 11]);
  });

  it("pay their round trips at every hop", () => {
    const edge = envoy(["10.0.0.1:8080"]);
    const world = {
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api" } },
      network: { links: [{ latency: "10ms" }] },
    };
    // Two connections are set up (20 ms each), then there and back over two links (40 ms), 1 ms of service.
    const ms = ask(world, [0, 200], { client: { to: "edge" }, files: { "edge.envoy.json": edge } });
    expect(ms.map((ended) => ended.ms)).toEqual([81, 41]);
  });

  it("of TLS pay two more round trips, those of a full TLS 1.2 handshake, which is Envoy's upstream default", () => {
    const type = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    const socket = { name: "envoy.transport_sockets.tls", typed_config: { "@type": type } };
    const files = { "edge.envoy.json": envoy(["10.0.0.1:8080"], { transport_socket: socket }) };
    const world = {
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api" } },
      network: { links: [{ latency: "10ms" }] },
    };
    const ms = ask(world, [0, 200], { client: { to: "edge" }, files }).map((ended) => ended.ms);
    expect(ms).toEqual([121, 41]);
  });

  it("of HTTP/1.1 are closed by a request that is given up, and the next one pays for a new one", () => {
    const world = { ...far, faults: [{ at: "95ms", for: "50ms", service: "api", time: "1s" }] };
    const ended = ask(world, [0, 100, 200], { client: { timeout: "50ms" } });
    expect(ended.map(({ status, ms }) => `${status} ${ms}`)).toEqual(["200 41", "timeout 50", "200 41"]);
  });

  it("of HTTP/2 outlive a request that is given up", () => {
    const world = { ...far, faults: [{ at: "95ms", for: "50ms", service: "api", time: "1s" }] };
    const ended = ask(world, [0, 100, 140, 200], { client: { timeout: "50ms", protocol: "http2" } });
    expect(ended.map(({ status, ms }) => `${status} ${ms}`)).toEqual([
      "200 41",
      "timeout 50",
      "200 21",
      "200 21",
    ]);
  });

  it("pay the proxy's overhead once a request", () => {
    const edge = envoy(["10.0.0.1:8080"]);
    const world = {
      proxies: { edge: { config: "edge.envoy.json", overhead: "60us" } },
      services: { api: { cluster: "api" } },
    };
    const ended = ask(world, [0, 200], { client: { to: "edge" }, files: { "edge.envoy.json": edge } });
    expect(ended.map(({ ms }) => ms)).toEqual([1.06, 1.06]);
  });
});

describe("links", () => {
  it("take no time where there is no network", () => {
    expect(ask({ services: { api: { time: "1234567ns" } } }, [0])).toEqual([{ status: "200", ms: 1.234567 }]);
  });

  it("count one way: an entry is one direction, the first that fits holds", () => {
    const links = [
      { from: "client:web", to: "service:api", latency: "1ms" },
      { from: "service:api", to: "*", latency: "3ms" },
      { latency: "500ms" },
    ];
    // Set-up 1 + 3, request 1, service 1, answer 3.
    expect(ask({ services: { api: {} }, network: { links } }, [0])[0]!.ms).toBe(9);
  });

  it("that fit no entry have no latency", () => {
    const links = [{ to: "service:api", latency: "2ms" }];
    expect(ask({ services: { api: {} }, network: { links } }, [0])[0]!.ms).toBe(5);
  });

  it("are selected by proxy", () => {
    const world = {
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api" } },
      network: {
        links: [
          { to: "proxy:edge", latency: "1ms" },
          { from: "proxy:edge", to: "service:api", latency: "5ms" },
        ],
      },
    };
    const files = { "edge.envoy.json": envoy(["10.0.0.1:8080"]) };
    // Set-up of both 1 + 6 (nothing from the proxy to the client), then 1 + 5 + 1 + 1.
    expect(ask(world, [0], { client: { to: "edge" }, files })[0]!.ms).toBe(15);
  });

  it.each([
    ["zone:a", "zone:b"],
    ["client:web", "10.128.0.1"],
    ["client:web", "10.128.0.1:8080"],
    ["*", "service:api"],
    ["zone:a", "*"],
  ])("are selected from %s to %s", (from, to) => {
    const world = {
      services: { api: { zone: "b", replicas: 1 } },
      network: { links: [{ from, to, latency: "7ms" }] },
    };
    expect(ask(world, [0], { client: { zone: "a" } })[0]!.ms).toBe(15);
  });

  it("draw their latency for each message and keep the order within a connection", () => {
    const world = {
      duration: "20s",
      services: { api: { time: "0ms" } },
      network: { links: [{ latency: { uniform: { min: "1ms", max: "9ms" } } }] },
      clients: { web: { to: "api", protocol: "http2", arrivals: { constant: "1000/s" } } },
    };
    const { clients } = run(world);
    const { requests, latencyMs, status } = clients[0]!;
    expect(status).toEqual([["200", requests]]);
    // Messages overtake one another at 1 ms apart unless order is kept; kept in order, a message waits for the slowest of
    // those before it, so that the mean exceeds that of two independent draws, 10 ms, and cannot exceed 18 ms.
    expect(latencyMs!.mean).toBeGreaterThan(12);
    expect(latencyMs!.max).toBeLessThanOrEqual(18 + 18);
  });

  it("with limited bandwidth take time by size, one message after the other", () => {
    const world = {
      services: { api: { time: "0ms", body: "1MiB" } },
      network: { links: [{ bandwidth: "100MiB" }] },
    };
    // The answers of 10 ms each share the link: the second begins when the first has left.
    expect(ask(world, [0, 1]).map(({ ms }) => ms)).toEqual([10, 19]);
  });

  it("count the request's body, too", () => {
    const world = {
      services: { api: { time: "0ms", body: 0 } },
      network: { links: [{ bandwidth: "1MiB" }] },
    };
    expect(ask(world, [0], { body: 1024 * 512 })[0]!.ms).toBe(500);
  });
});

describe("loss", () => {
  /** Everything from the client to the service is lost until `at`. */
  const lostUntil = (ms: number, from = "client:web", to = "service:api") => ({
    services: { api: {} },
    network: { links: [{ latency: "10ms" }] },
    faults: [{ at: "100ms", for: `${ms - 100}ms`, link: { from, to }, loss: "100%" }],
  });

  it.each([
    // Wanted at 150 ms on a connection that is there; transmissions at 150, 350, 750, 1550 ms.
    [200, 221],
    [349, 221],
    [351, 621],
    [751, 1421],
    [1551, 3021],
  ])("until %d ms: retransmissions follow after 200, 400, 800 ... ms", (until, ms) => {
    expect(ask(lostUntil(until), [0, 150])[1]).toEqual({ status: "200", ms });
  });

  it.each([
    // Set-up: transmissions at 150, 1150, 3150 ms.
    [200, 1041],
    [1151, 3041],
    [3151, 7041],
  ])("of connection attempts until %d ms: after 1, 2, 4 ... s", (until, ms) => {
    expect(ask(lostUntil(until), [150])[0]).toEqual({ status: "200", ms });
  });

  it("of answers is repaired by the host", () => {
    // The answer leaves at 161 ms and again at 361 ms.
    expect(ask(lostUntil(200, "service:api", "client:web"), [0, 150])[1]).toEqual({ status: "200", ms: 221 });
  });

  it("holds up what was sent behind it on the same connection, and no other", () => {
    const world = lostUntil(160);
    const http2 = ask(world, [0, 150, 170], { client: { protocol: "http2" } });
    expect(http2.map(({ ms }) => ms)).toEqual([41, 221, 201]);
    // HTTP/1.1: the third takes a connection of its own, which two requests at the beginning left behind.
    expect(ask(world, [0, 1, 150, 170]).map(({ ms }) => ms)).toEqual([41, 41, 221, 21]);
  });

  it("of a link lasts as long as the run", () => {
    const world = { services: { api: {} }, network: { links: [{ loss: "100%" }] }, drain: "3s" };
    expect(ask({ ...world, duration: "2s" }, [0])).toEqual([{ status: "0", ms: 5000 }]);
  });
});
