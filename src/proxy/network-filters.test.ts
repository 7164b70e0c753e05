import { describe, expect, test } from "vitest";
import { cluster, flagsOf, latencyOf, run, statsOf, statusOf, TYPE } from "./tcp-world.suite.ts";

describe("network filters in front of a TCP proxy", () => {
  const bucket = { max_tokens: 2, tokens_per_fill: 1, fill_interval: "10s" };
  const limit = (more: object) => {
    const type = `${TYPE}.filters.network.local_ratelimit.v3.LocalRateLimit`;
    return {
      name: "limit",
      typed_config: { "@type": type, stat_prefix: "l", token_bucket: bucket, ...more },
    };
  };

  test("local_ratelimit takes a token a connection", () => {
    const result = run({ filters: [limit({})], at: [0, 100, 200, 300, 11_000] });
    expect(statusOf(result)).toEqual({ 200: 3, lost: 2 });
    expect(flagsOf(result)).toEqual({ URX: 2 });
    expect(statsOf(result)("local_rate_limit.l.rate_limited")).toBe(2);
    expect(statsOf(result)("tcp.in.downstream_cx_total")).toBe(5);
    expect(statsOf(result)("cluster.db.upstream_cx_total")).toBe(3);
  });

  test("with one share_key two of them share a bucket", () => {
    const filters = [limit({ share_key: "all" }), limit({ share_key: "all" })];
    const result = run({ filters, at: [0, 100] });
    expect(statusOf(result)).toEqual({ 200: 1, lost: 1 });
  });

  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const http2 = {
    typed_extension_protocol_options: {
      [options]: {
        "@type": `type.googleapis.com/${options}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
  const globalLimit = (more: object) => ({
    name: "global",
    typed_config: {
      "@type": `${TYPE}.filters.network.ratelimit.v3.RateLimit`,
      stat_prefix: "g",
      domain: "edge",
      descriptors: [{ entries: [{ key: "ip", value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" }] }],
      rate_limit_service: {
        transport_api_version: "V3",
        grpc_service: { envoy_grpc: { cluster_name: "limiter" } },
      },
      ...more,
    },
  });
  const limiter = {
    clusters: [cluster("limiter", ["10.0.0.9"], http2)],
    client: { address: "10.9.0.1" },
  };
  const services = (more: object) => ({
    db: { cluster: "db", time: "20ms" },
    limiter: {
      cluster: "limiter",
      time: "1ms",
      rate_limits: {
        domain: "edge",
        descriptors: [{ key: "ip", value: "10.9.0.1", rate_limit: { unit: "hour", requests_per_unit: 2 } }],
      },
      ...more,
    },
  });

  test("ratelimit lets connections wait for its service, and closes those over the limit", () => {
    const filters = [globalLimit({ timeout: "1s" })];
    const result = run({ ...limiter, filters, scenario: { services: services({}) }, at: [0, 1000, 2000] });
    expect(statusOf(result)).toEqual({ 200: 2, lost: 1 });
    const stats = statsOf(result);
    expect(stats("ratelimit.g.total")).toBe(3);
    expect(stats("ratelimit.g.ok")).toBe(2);
    expect(stats("ratelimit.g.over_limit")).toBe(1);
    expect(stats("ratelimit.g.cx_closed")).toBe(1);
    expect(stats("ratelimit.g.active")).toBe(0);
    // The first call opens a connection, 20 ms; each takes 21 more: accepted after 5 + 41, then as without a filter.
    expect(latencyOf(result).max).toBe(70 + 41);
  });

  test.each([
    [false, { 200: 1 }, "failure_mode_allowed"],
    [true, { lost: 1 }, "cx_closed"],
  ])("ratelimit without an answer in time, failure_mode_deny: %s", (failure_mode_deny, status, counter) => {
    const filters = [globalLimit({ failure_mode_deny })];
    const result = run({ ...limiter, filters, scenario: { services: services({}) } });
    expect(statusOf(result)).toEqual(status);
    expect(statsOf(result)("ratelimit.g.error")).toBe(1);
    expect(statsOf(result)(`ratelimit.g.${counter}`)).toBe(1);
  });
});
