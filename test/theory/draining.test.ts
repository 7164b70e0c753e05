import { describe, expect, it } from "vitest";
import type { RunResult, TestFiles } from "../support/run-scenario.ts";
import { envoy, run, type World } from "../support/world.ts";

const HEALTH_CHECK_FILTER = {
  name: "envoy.filters.http.health_check",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck",
    pass_through_mode: false,
    headers: [{ name: ":path", string_match: { exact: "/healthz" } }],
  },
};

interface Edge {
  readonly listener?: World;
  readonly manager?: World;
  /** HTTP filters in front of the router. */
  readonly filters?: readonly World[];
}

function edge({ listener = {}, manager = {}, filters = [] }: Edge = {}): string {
  const bootstrap = JSON.parse(envoy(["10.0.0.1:8080"]));
  const [only] = bootstrap.static_resources.listeners;
  Object.assign(only, listener);
  const config = only.filter_chains[0].filters[0].typed_config;
  Object.assign(config, { drain_timeout: "2s" }, manager);
  config.http_filters.unshift(...filters);
  return JSON.stringify(bootstrap);
}

function tcpEdge(proxy: World): string {
  const bootstrap = JSON.parse(envoy(["10.0.0.1:8080"]));
  bootstrap.static_resources.listeners[0].filter_chains[0].filters[0].typed_config = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    stat_prefix: "t",
    cluster: "api",
    ...proxy,
  };
  return JSON.stringify(bootstrap);
}

interface Drained {
  readonly config?: string;
  readonly changes: readonly World[];
  readonly proxy?: World;
  readonly client?: World;
  readonly more?: World;
  readonly files?: TestFiles;
}

/** The changes are made to `edge`; the client asks 100 times a second unless it says otherwise. */
function drain({ config = edge(), changes, proxy = {}, client = {}, more = {}, files = {} }: Drained) {
  const result = run(
    {
      duration: "20s",
      proxies: { edge: { config: "edge.json", drain_time: "8s", ...proxy } },
      services: { api: { cluster: "api" } },
      clients: { web: { to: "edge", arrivals: { constant: "100/s" }, ...client } },
      changes: changes.map((change) => ({ proxy: "edge", ...change })),
      ...more,
    },
    {},
    { "edge.json": config, ...files },
  );
  return { result, ...countsOf(result) };
}

function countsOf(result: RunResult) {
  const stats = new Map(result.proxies.flatMap((proxy) => proxy.stats));
  return {
    of: (name: string) => stats.get(name) ?? 0,
    cx: (name: string) => stats.get(`http.ingress.downstream_cx_${name}`) ?? 0,
    status: new Map(result.clients[0]!.status),
    requests: result.clients[0]!.requests,
  };
}

const GRACEFUL = "/drain_listeners?graceful";

describe("a health check that the operator makes fail", () => {
  const forTwoSeconds = [
    { at: "5s", admin: "/healthcheck/fail" },
    { at: "7s", admin: "/healthcheck/ok" },
  ];

  it("ends the connection of each answer and loses nothing", () => {
    const { cx, of, status, requests } = drain({ changes: forTwoSeconds });
    expect(cx("drain_close")).toBe(200);
    // The one from before, and one more after each that has ended.
    expect(cx("total")).toBe(201);
    expect(cx("destroy_remote")).toBe(200);
    expect(status.get("200")).toBe(requests);
    expect(of("listener_manager.listener_stopped")).toBe(0);
    expect(of("server.live")).toBe(1);
  });

  it("concerns no listener that is drained only for modifications", () => {
    const config = edge({ listener: { drain_type: "MODIFY_ONLY" } });
    const { cx, of } = drain({ config, changes: [forTwoSeconds[0]!] });
    expect(cx("drain_close")).toBe(0);
    expect(cx("total")).toBe(1);
    expect(of("server.live")).toBe(0);
  });

  it("is told to HTTP/2 by GOAWAY, which loses nothing either", () => {
    const { cx, status, requests } = drain({ changes: forTwoSeconds, client: { protocol: "http2" } });
    expect(cx("drain_close")).toBe(200);
    expect(cx("total")).toBe(201);
    expect(status.get("200")).toBe(requests);
  });

  it("may be told of one second later by `--set`", () => {
    const changes = [{ proxy: "edge", name: "fail", at: "5s", admin: "/healthcheck/fail" }];
    const world = {
      duration: "10s",
      proxies: { edge: { config: "edge.json" } },
      services: { api: { cluster: "api" } },
      clients: { web: { to: "edge", arrivals: { constant: "100/s" } } },
      changes,
    };
    const closed = (...settings: string[]) =>
      countsOf(run(world, { settings }, { "edge.json": edge() })).cx("drain_close");
    expect([closed(), closed("changes[fail].at=6s")]).toEqual([500, 400]);
  });
});

describe("listeners that are drained gracefully", () => {
  it("close with the chance of the whole seconds that have passed, of those of half the drain time", () => {
    const { cx, status, requests } = drain({
      changes: [{ at: "0s", admin: GRACEFUL }],
      client: { arrivals: { constant: "1000/s" } },
      more: { duration: "4s" },
    });
    // 0, 1/4, 2/4 and 3/4 of 1000 each: 1500 with a standard deviation of 25; five of them.
    expect(Math.abs(cx("drain_close") - 1500)).toBeLessThan(125);
    expect(status.get("200")).toBe(requests);
  });

  it("close with every answer from half the drain time on, and refuse connections after it", () => {
    const { cx, of, status } = drain({
      changes: [{ at: "2s", admin: GRACEFUL }],
      client: { arrivals: { constant: "100/s" } },
    });
    // Answers from 6 s to 10 s; the chance before lies from 0 to 300, and nothing is answered from 10 s on.
    expect(cx("drain_close")).toBeGreaterThan(400);
    expect(of("listener_manager.listener_stopped")).toBe(1);
    expect(Math.abs((status.get("200") ?? 0) - 1000)).toBeLessThanOrEqual(1);
    expect(Math.abs((status.get("lost") ?? 0) - 1000)).toBeLessThanOrEqual(1);
  });

  it("close with every answer at once where the strategy is immediate", () => {
    const { cx } = drain({
      changes: [{ at: "2s", admin: GRACEFUL }],
      proxy: { drain_strategy: "immediate" },
      more: { duration: "10s" },
    });
    expect(cx("drain_close")).toBe(800);
  });

  it("go on for good with skip_exit", () => {
    const { of, status, requests } = drain({ changes: [{ at: "2s", admin: "/drain_listeners?skip_exit" }] });
    expect(of("listener_manager.listener_stopped")).toBe(0);
    expect(status.get("200")).toBe(requests);
  });

  it("end idle connections in the last third of the drain time, by their drain and delayed close", () => {
    // 50 connections at once, since each answer takes 100 ms.
    const trace = Array.from({ length: 50 }, (_, at) => JSON.stringify({ at_ms: at })).join("\n");
    const until = (duration: string) => {
      const { cx } = drain({
        changes: [{ at: "1s", admin: GRACEFUL }],
        client: { arrivals: { trace: "trace.jsonl" } },
        proxy: { drain_time: "12s" },
        more: { duration, services: { api: { cluster: "api", time: "100ms" } } },
        files: { "trace.jsonl": trace },
      });
      return ["total", "drain_close", "destroy_local", "delayed_close_timeout"].map(cx);
    };
    // They begin to end from 9 s to 11 s, and that takes 2 s and 1 s.
    expect(until("8999ms")).toEqual([50, 0, 0, 0]);
    expect(until("11s")).toEqual([50, 50, 0, 0]);
    expect(until("11999ms")).toEqual([50, 50, 0, 0]);
    expect(until("14s")).toEqual([50, 50, 50, 50]);
  });

  it("mean only inbound ones with inboundonly", () => {
    const changes = [{ at: "2s", admin: "/drain_listeners?graceful&inboundonly" }];
    const outbound = drain({ changes });
    expect([outbound.cx("drain_close"), outbound.cx("total")]).toEqual([0, 1]);
    const inbound = drain({ changes, config: edge({ listener: { traffic_direction: "INBOUND" } }) });
    expect(inbound.of("listener_manager.listener_stopped")).toBe(1);
  });
});

describe("/drain_listeners without graceful", () => {
  it("refuses connections at once and lets those that are open go on", () => {
    const keeps = drain({ changes: [{ at: "2s", admin: "/drain_listeners" }], more: { duration: "3s" } });
    expect(keeps.of("listener_manager.listener_stopped")).toBe(1);
    expect(keeps.status.get("200")).toBe(keeps.requests);
    const opens = drain({
      changes: [{ at: "2s", admin: "/drain_listeners" }],
      config: edge({ manager: { common_http_protocol_options: { max_requests_per_connection: 1 } } }),
    });
    expect(opens.status.get("200")).toBe(200);
    expect(opens.status.get("lost")).toBe(1800);
  });
});

describe("a TCP proxy", () => {
  const client = { protocol: "tcp", request: { body: "10B" } };
  const changes = [{ at: "10s", admin: "/healthcheck/fail" }];

  it("closes connections that bytes flow on, where it looks after draining", () => {
    const { of, status } = drain({ config: tcpEdge({ check_drain_close: true }), changes, client });
    expect(of("tcp.t.downstream_cx_drain_close")).toBe(1000);
    expect(status.get("200")).toBe(1000);
    expect(status.get("lost")).toBe(1000);
  });

  it("otherwise leaves them alone", () => {
    const { of, status, requests } = drain({ config: tcpEdge({}), changes, client });
    expect(of("tcp.t.downstream_cx_drain_close")).toBe(0);
    expect(status.get("200")).toBe(requests);
  });

  it("asks with the bytes of either side, over the whole drain time", () => {
    const { of, requests } = drain({
      config: tcpEdge({ check_drain_close: true }),
      changes: [{ at: "0s", admin: GRACEFUL }],
      client: { ...client, arrivals: { constant: "500/s" } },
      more: { duration: "8s" },
    });
    // With p = k/8 in second k a connection is closed with 1 - (1-p)^2.
    const expected = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => 500 * (1 - (1 - k / 8) ** 2));
    const mean = expected.reduce((sum, each) => sum + each, 0);
    expect(requests).toBe(4000);
    // The standard deviation is at most that of 4000 even chances, 32; five of them.
    expect(Math.abs(of("tcp.t.downstream_cx_drain_close") - mean)).toBeLessThan(160);
  });
});

describe("a proxy in front of drained ones", () => {
  const ADDRESSES = ["10.1.0.1:80", "10.1.0.2:80"];

  function inFrontOf(changes: readonly World[], more: World = {}) {
    const health_checks = [
      {
        timeout: "0.2s",
        interval: "1s",
        no_traffic_interval: "1s",
        unhealthy_threshold: 3,
        healthy_threshold: 1,
        http_health_check: { path: "/healthz" },
      },
    ];
    return run(
      {
        duration: "20s",
        proxies: {
          front: { config: "front.json" },
          a: { config: "edge.json", address: "10.1.0.1" },
          b: { config: "edge.json", address: "10.1.0.2" },
        },
        services: { api: { cluster: "api" } },
        clients: { web: { to: "front", arrivals: { constant: "100/s" } } },
        changes,
        ...more,
      },
      {},
      {
        "front.json": envoy(ADDRESSES, { health_checks }).replaceAll('"api"', '"edges"'),
        "edge.json": edge({ filters: [HEALTH_CHECK_FILTER] }),
      },
    );
  }

  it("takes one out with the first answer that says so, and back when its health check passes", () => {
    const result = inFrontOf([
      { at: "5s", proxy: "a", admin: "/healthcheck/fail" },
      { at: "15s", proxy: "a", admin: "/healthcheck/ok" },
    ]);
    const stats = (name: string) => new Map(result.proxies.find((proxy) => proxy.name === name)!.stats);
    expect(new Map(result.clients[0]!.status).get("200")).toBe(2000);
    // Half of 5 s and of the last 4 s to 5 s, and a request or a health check that tells.
    const served = stats("a").get("http.ingress.downstream_rq_2xx")!;
    expect(served).toBeGreaterThan(2.5 * 90 + 2 * 90);
    expect(served).toBeLessThan(2.5 * 110 + 2.5 * 110);
    expect(stats("a").get("http.ingress.health_check.failed")).toBeGreaterThan(8);
    expect(stats("front").get("cluster.edges.membership_healthy")).toBe(2);
    const events = result.healthEvents.filter(({ at }) => at > 0).map(({ kind, host }) => [kind, host]);
    expect(events).toEqual([
      ["eject_unhealthy_event", "10.1.0.1:80"],
      ["add_healthy_event", "10.1.0.1:80"],
    ]);
  });

  it("loses no request when that one dies then, and does when it dies at once", () => {
    const faults = [{ at: "10s", for: "2s", proxy: "a", down: true }];
    const lost = (changes: readonly World[]) => {
      const result = inFrontOf(changes, { faults });
      return 2000 - (new Map(result.clients[0]!.status).get("200") ?? 0);
    };
    expect(lost([{ at: "5s", proxy: "a", admin: "/healthcheck/fail" }])).toBe(0);
    expect(lost([])).toBeGreaterThan(0);
  });
});

describe("changes", () => {
  const fleet = { replicas: 4, drain_strategy: "immediate", drain_time: "0s" };
  const stoppedBy = (duration: string, change: World) =>
    drain({ changes: [{ at: "2s", admin: GRACEFUL, ...change }], proxy: fleet, more: { duration } }).of(
      "listener_manager.listener_stopped",
    );

  it("reach the first so many of the replicas, rounded up", () => {
    const stopped = ["1%", "25%", "26%", "100%"].map((share) => stoppedBy("3s", { share }));
    expect(stopped).toEqual([1, 1, 2, 4]);
  });

  it("reach each replica after its own delay", () => {
    const delay = { uniform: { min: "1s", max: "9s" } };
    expect([stoppedBy("2999ms", { delay }), stoppedBy("11s", { delay })]).toEqual([0, 4]);
    const some = stoppedBy("7s", { delay });
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(4);
    expect(stoppedBy("3999ms", { delay: "2s" })).toBe(0);
    expect(stoppedBy("4001ms", { delay: "2s" })).toBe(4);
  });

  it("come after faults: a process that is down at that instant hears nothing", () => {
    const faults = [{ at: "5s", for: "2s", proxy: "edge", down: true }];
    const at = (instant: string) =>
      drain({ changes: [{ at: instant, admin: "/drain_listeners" }], more: { faults } });
    const nothing = drain({ changes: [{ at: "30s", admin: "/drain_listeners" }], more: { faults } });
    expect(at("5s").result.digest).toBe(nothing.result.digest);
    expect(at("6s").result.digest).toBe(nothing.result.digest);
    expect(at("7s").of("listener_manager.listener_stopped")).toBe(1);
  });

  it("are forgotten by a process that starts anew", () => {
    const { status, of } = drain({
      changes: [{ at: "4s", admin: "/healthcheck/fail" }],
      more: { faults: [{ at: "5s", for: "1s", proxy: "edge", down: true }] },
    });
    expect(of("http.ingress.downstream_cx_drain_close")).toBe(100);
    expect(status.get("200")).toBe(1900);
  });

  it("stand in the digest", () => {
    const digest = (changes: readonly World[]) => drain({ changes }).result.digest;
    const modifyOnly = { at: "4s", admin: "/healthcheck/ok" };
    expect(digest([modifyOnly])).not.toBe(digest([{ ...modifyOnly, at: "5s" }]));
  });
});
