import { describe, expect, test } from "vitest";
import { probe } from "./probe.ts";

/** What each request did and what was counted; `requests` without their numbers and protocol. */
function run(
  cluster: object,
  proxy: object,
  upstreams: object,
  requests: readonly object[],
  mode: "sequential" | "concurrent" = "concurrent",
  listener: object = {},
) {
  const typed_config = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    stat_prefix: "in",
    cluster: "db",
    ...proxy,
  };
  const lb_endpoints = Object.keys(upstreams).map((address) => {
    const [ip, port] = address.split(":");
    return { endpoint: { address: { socket_address: { address: ip, port_value: Number(port) } } } };
  });
  const load_assignment = { cluster_name: "db", endpoints: [{ lb_endpoints }] };
  const files = new Map([
    ["case.json", JSON.stringify({ mode, gap_ms: 100 })],
    ["upstreams.json", JSON.stringify(upstreams)],
    ["requests.jsonl", requests.map((one, n) => JSON.stringify({ n, protocol: "tcp", ...one })).join("\n")],
    [
      "envoy.yaml",
      JSON.stringify({
        static_resources: {
          listeners: [
            {
              name: "in",
              address: { socket_address: { address: "127.0.0.1", port_value: 11000 } },
              filter_chains: [{ filters: [{ name: "tcp", typed_config }] }],
              ...listener,
            },
          ],
          clusters: [{ name: "db", type: "STATIC", connect_timeout: "0.3s", load_assignment, ...cluster }],
        },
      }),
    ],
  ]);
  const result = probe((name) => files.get(name)!);
  if (result.kind === "failed") throw new Error(result.reason);
  const text = (name: string) => result.files.find((file) => file.name === name)!.text;
  const stats: Record<string, number> = JSON.parse(text("stats.json"));
  return {
    notSimulated: result.notSimulated,
    results: text("results.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
    of: (name: string) => stats[`cluster.db.${name}`] ?? 0,
    idleTimeouts: stats["tcp.in.idle_timeout"] ?? 0,
  };
}

/** The numbers are those of Envoy 1.40.0 with the same configurations, hosts and clients on loopback. */
describe("as the real Envoy did it", () => {
  const tcp = { protocol: "tcp" };
  const silent = { "127.0.1.9:9000": { ...tcp, accept_queue: "full" } };

  test("a full limit of waiting connections is no failure to connect, and has no host", () => {
    const limits = { circuit_breakers: { thresholds: [{ max_pending_requests: 1 }] } };
    const { results, of } = run(limits, {}, silent, [{ at_ms: 0 }, { at_ms: 20 }]);
    expect(results[0]).toMatchObject({ flags: "UF,URX", client_ms: 300 });
    expect(results[1]).toMatchObject({ flags: "URX", host: null, attempt_count: 1, client_ms: 0 });
    expect(results[1].close).toBe("tcp_initializion_failure:0");
    expect(of("upstream_rq_pending_overflow")).toBe(1);
    expect(of("upstream_rq_pending_total")).toBe(1);
    expect(of("upstream_cx_connect_attempts_exceeded")).toBe(2);
    expect(of("upstream_cx_total")).toBe(1);
  });

  test("an attempt that ends with its client has no host and is no failure to connect", () => {
    const { results, of } = run({}, { idle_timeout: "0.09s" }, silent, [{ at_ms: 0 }, { at_ms: 200 }]);
    for (const result of results) {
      expect(result).toMatchObject({ flags: "-", host: null, attempt_count: 1, duration_ms: 90 });
      expect(result.close).toBe("tcp_session_idle_timeout");
    }
    expect(["total", "destroy_local", "connect_fail"].map((name) => of(`upstream_cx_${name}`))).toEqual([
      2, 2, 0,
    ]);
  });

  test("a PROXY header is enough for its filter, and the log counts what filters have waited", () => {
    const type = "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol";
    const filter = { "@type": type, allow_requests_without_proxy_protocol: false };
    const listener = {
      listener_filters: [{ name: "proxy", typed_config: filter }],
      listener_filters_timeout: "0.2s",
      continue_on_listener_filters_timeout: true,
    };
    const requests = [
      { at_ms: 0, send: false, read_ms: 390, proxy: "PROXY TCP4 10.0.0.1 10.1.0.1 5404 443" },
      { at_ms: 0, send: false, read_ms: 390 },
    ];
    const upstreams = { "127.0.1.4:9000": { ...tcp, default: { speaks_first: true } } };
    const { results } = run({}, {}, upstreams, requests, "concurrent", listener);
    expect(results.map(({ client_ms, duration_ms }) => [client_ms, duration_ms])).toEqual([
      [0, 0],
      [200, 200],
    ]);
  });

  test("the idle timeout is forgotten with the first attempt that fails", () => {
    const upstreams = {
      "127.0.1.3:9000": { ...tcp, listen: false },
      "127.0.1.2:9000": { ...tcp, default: { hang: true } },
    };
    const requests = Array.from({ length: 4 }, () => ({ read_ms: 1000 }));
    const proxy = { max_connect_attempts: 2, idle_timeout: "0.2s" };
    const { results, of, idleTimeouts } = run({}, proxy, upstreams, requests, "sequential");
    const replies = results.map(({ flags, reply, client_ms }) => [flags, Object.keys(reply)[0], client_ms]);
    // Only the one whose turn it is with the live host at once keeps its limit, and only once.
    const closed = replies.filter(([flags]) => flags === "-");
    expect(closed).toEqual(idleTimeouts === 1 ? [["-", "closed", 200]] : []);
    for (const [flags, ...rest] of replies) if (flags === "UF") expect(rest).toEqual(["no_reply", 1000]);
    expect(of("upstream_cx_connect_fail")).toBe(4 - closed.length);
    expect(of("upstream_cx_destroy_local")).toBe(closed.length);
    expect(of("upstream_rq_total")).toBe(4);
  });

  test("connections are opened ahead by the preconnect ratio", () => {
    const { of } = run(
      { preconnect_policy: { per_upstream_preconnect_ratio: 2 } },
      {},
      { "127.0.1.4:9000": tcp },
      [
        { at_ms: 0, hold_ms: 500 },
        { at_ms: 100, hold_ms: 100 },
        { at_ms: 300, hold_ms: 200 },
      ],
    );
    expect(of("upstream_cx_total")).toBe(5);
    expect(of("upstream_rq_pending_total")).toBe(1);
    expect(of("upstream_rq_total")).toBe(3);
    expect(of("upstream_cx_destroy_remote_with_active_rq")).toBe(3);
  });

  test("the end of the client is not seen before there is a host", () => {
    const { of, results } = run({}, {}, silent, [{ at_ms: 0, read_ms: 50 }]);
    expect(results[0].reply).toEqual({ no_reply: true });
    expect(of("upstream_cx_connect_timeout")).toBe(0);
    const settled = run({}, {}, silent, [{ at_ms: 0, read_ms: 50 }, { at_ms: 500 }]);
    expect(settled.results[0]).toMatchObject({ flags: "UF,URX", duration_ms: 300 });
    expect(settled.of("upstream_cx_connect_timeout")).toBe(2);
  });

  test("a host's own limit lets the next one wait until the first has ended", () => {
    const limits = { circuit_breakers: { per_host_thresholds: [{ max_connections: 1 }] } };
    const upstreams = { "127.0.1.5:9000": tcp };
    const { results, of } = run(limits, {}, upstreams, [{ at_ms: 0, hold_ms: 600 }, { at_ms: 100 }]);
    expect(results[1]).toMatchObject({ flags: "-", client_ms: 500 });
    expect(of("upstream_cx_overflow")).toBe(1);
    expect(of("upstream_cx_total")).toBe(2);
    expect(of("upstream_rq_pending_total")).toBe(2);
  });
});
