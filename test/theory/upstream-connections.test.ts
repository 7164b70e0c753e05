import { describe, expect, it } from "vitest";
import { envoy, run, type World } from "../support/world.ts";

const HOST = "10.0.0.1:8080";
const OPTIONS = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** The typed options of a cluster's connections. */
function options(common: World, http2?: World): World {
  return {
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": OPTIONS,
        common_http_protocol_options: common,
        explicit_http_config:
          http2 === undefined ? { http_protocol_options: {} } : { http2_protocol_options: http2 },
      },
    },
  };
}

/** Counters of the cluster, without its prefix, after requests at these instants to one host. */
function statsOf(cluster: World, instants: readonly number[], service: World = {}, world: World = {}) {
  const trace = instants.map((at) => JSON.stringify({ at_ms: at })).join("\n");
  const { proxies } = run(
    {
      duration: "60s",
      drain: "60s",
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api", ...service } },
      clients: { web: { to: "edge", arrivals: { trace: "trace.jsonl" } } },
      ...world,
    },
    {},
    { "trace.jsonl": trace, "edge.envoy.json": envoy([HOST], cluster) },
  );
  const all = new Map(proxies[0]!.stats);
  return (name: string) => all.get(`cluster.api.${name}`) ?? 0;
}

describe("an idle connection to a host", () => {
  it.each([
    ["in the typed options", options({ idle_timeout: "2s" })],
    ["in the old place", { common_http_protocol_options: { idle_timeout: "2s" } }],
    ["of HTTP/2", options({ idle_timeout: "2s" }, {})],
  ])("is closed after the idle timeout %s", (_where, cluster) => {
    // Idle from 1 ms, from 1901 ms, and from 4002 ms, when its successor has answered.
    const stats = statsOf(cluster, [0, 1900, 4001]);
    expect(stats("upstream_cx_total")).toBe(2);
    expect(stats("upstream_cx_idle_timeout")).toBe(2);
    expect(stats("upstream_cx_destroy_local")).toBe(2);
    expect(stats("upstream_cx_destroy_with_active_rq")).toBe(0);
    expect(stats("upstream_cx_active")).toBe(0);
  });

  it("is taken by a stream that comes at the very end of its time", () => {
    // The answer comes at 1 ms.
    expect(statsOf(options({ idle_timeout: "2s" }), [0, 2001])("upstream_cx_total")).toBe(1);
    expect(statsOf(options({ idle_timeout: "2s" }), [0, 2001.000001])("upstream_cx_total")).toBe(2);
  });

  it("is not idle while a stream is active", () => {
    const stats = statsOf(options({ idle_timeout: "2s" }), [0], { time: "10s" });
    expect(stats("upstream_rq_200")).toBe(1);
  });

  it("stays for an hour without a timeout, and for good with a timeout of 0", () => {
    const world = { duration: "2h", drain: "1s" };
    expect(statsOf({}, [0, 3_600_500], {}, world)("upstream_cx_total")).toBe(2);
    expect(statsOf(options({ idle_timeout: "0s" }), [0, 3_600_500], {}, world)("upstream_cx_total")).toBe(1);
  });
});

describe("a connection to a host that has lasted long enough", () => {
  it("is closed at once when it is idle", () => {
    const stats = statsOf(options({ max_connection_duration: "3s" }), [0, 2900, 3100]);
    expect(stats("upstream_cx_total")).toBe(2);
    expect(stats("upstream_cx_max_duration_reached")).toBe(2);
    expect(stats("upstream_cx_destroy_local")).toBe(2);
  });

  it("is closed after its last stream, and takes no other", () => {
    // The first stream goes on until 4 s; the second, at 3.5 s, needs a connection of its own.
    const cluster = options({ max_connection_duration: "3s" }, {});
    const stats = statsOf(cluster, [0, 3500], { time: "4s" });
    expect(stats("upstream_cx_total")).toBe(2);
    expect(stats("upstream_rq_200")).toBe(2);
    expect(stats("upstream_cx_destroy_with_active_rq")).toBe(0);
  });
});

describe("a connection to a host with a number of requests", () => {
  it("is closed after the last of them", () => {
    const stats = statsOf(options({ max_requests_per_connection: 2 }), [0, 100, 200, 300, 400]);
    expect(stats("upstream_cx_total")).toBe(3);
    expect(stats("upstream_cx_max_requests")).toBe(2);
    expect(stats("upstream_cx_destroy_local")).toBe(2);
  });
});

describe("preconnecting to a host", () => {
  // What the real Envoy 1.40.0 did: ratio 1.5, the first request opens 2 connections, three at once end with 5.
  it("opens connections ahead of the streams by the ratio", () => {
    const cluster = { preconnect_policy: { per_upstream_preconnect_ratio: 1.5 } };
    expect(statsOf(cluster, [0])("upstream_cx_total")).toBe(2);
    expect(statsOf(cluster, [0, 0, 0], { time: "300ms" })("upstream_cx_total")).toBe(5);
  });

  it("opens none ahead with a ratio of 1", () => {
    expect(statsOf({}, [0, 0, 0], { time: "300ms" })("upstream_cx_total")).toBe(3);
  });
});

// Envoy 1.40, MultiplexedActiveClientBase::onStreamReset.
it("counts the streams of a broken HTTP/2 connection as ejected", () => {
  const world = { faults: [{ at: "50ms", service: "api", down: true }] };
  const stats = statsOf(options({}, {}), [0, 0, 0], { time: "300ms" }, world);
  expect(stats("upstream_rq_pending_failure_eject")).toBe(3);
  expect(stats("upstream_cx_destroy_remote_with_active_rq")).toBe(1);
});
