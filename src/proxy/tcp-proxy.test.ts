import { describe, expect, test } from "vitest";
import { runTestScenario } from "../../test/support/run-scenario.ts";
import { envoy } from "../../test/support/world.ts";
import { bootstrap, cluster, flagsOf, latencyOf, run, statsOf, statusOf } from "./tcp-world.suite.ts";

describe("a connection through a TCP proxy", () => {
  test("is connected with the host while the client's own set-up ends, and carries one exchange", () => {
    const result = run();
    // Accepted after 5, the host connected after 25, the bytes there after 35, answered after 55, and back.
    expect(latencyOf(result).max).toBe(70);
    expect(statusOf(result)).toEqual({ 200: 1 });
    const stats = statsOf(result);
    expect(stats("tcp.in.downstream_cx_total")).toBe(1);
    expect(stats("cluster.db.upstream_cx_total")).toBe(1);
    expect(stats("cluster.db.upstream_rq_total")).toBe(1);
    expect(stats("cluster.db.upstream_cx_destroy_remote_with_active_rq")).toBe(1);
    expect(stats("cluster.db.upstream_cx_active")).toBe(0);
  });

  test("ends for good when the host has closed it as well", () => {
    // The client has its answer after 70 and closes; its end is with the host after 85, and back after 95.
    const atOnce = run({
      cluster: { circuit_breakers: { thresholds: [{ max_connections: 1 }] } },
      at: [0, 89],
    });
    // The second one is accepted 1 ms before that end.
    expect(flagsOf(atOnce)).toEqual({ UO: 1 });
    const later = run({
      cluster: { circuit_breakers: { thresholds: [{ max_connections: 1 }] } },
      at: [0, 91],
    });
    expect(statusOf(later)).toEqual({ 200: 2 });
  });

  test("is kept alive by clients of HTTP, and one exchange follows another", () => {
    const result = run({ client: { protocol: "http1" }, at: [0, 1000] });
    expect(statusOf(result)).toEqual({ 200: 2 });
    expect(latencyOf(result).max).toBe(70);
    expect(latencyOf(result).mean).toBe(60);
    expect(statsOf(result)("cluster.db.upstream_cx_total")).toBe(1);
  });

  test("carries many streams of HTTP/2", () => {
    const result = run({ client: { protocol: "http2" }, at: [0, 1, 2, 1000] });
    expect(statusOf(result)).toEqual({ 200: 4 });
    expect(statsOf(result)("tcp.in.downstream_cx_total")).toBe(1);
  });

  test("that the client gives up frees the host's worker with it", () => {
    const services = { db: { cluster: "db", time: "20ms", workers: 1, drop_abandoned: true } };
    const result = run({ scenario: { services }, client: { timeout: "60ms" }, at: [0, 1, 2] });
    // They reach the host 1 ms after one another: the first is answered too late, the others still wait in its queue.
    expect(statusOf(result)).toEqual({ timeout: 3 });
    expect(statsOf(result)("cluster.db.upstream_cx_active")).toBe(0);
  });
});

describe("attempts to connect", () => {
  const faults = [{ at: "0s", service: "db", hosts: ["10.0.0.1:5432"], down: true }];

  test("that are refused end the connection with UF and URX", () => {
    const result = run({ scenario: { faults } });
    expect(statusOf(result)).toEqual({ lost: 1 });
    expect(flagsOf(result)).toEqual({ UF: 1, URX: 1 });
    expect(statsOf(result)("cluster.db.upstream_cx_connect_attempts_exceeded")).toBe(1);
    expect(result.clients[0]!.attempts).toBe(1);
  });

  test("go to another host in turn, and the flag of the failure stays", () => {
    const world = { proxy: { cluster: "db", max_connect_attempts: 2 }, hosts: ["10.0.0.1", "10.0.0.2"] };
    const result = run({ ...world, scenario: { faults }, at: [0, 1000, 2000, 3000] });
    expect(statusOf(result)).toEqual({ 200: 4 });
    // After a failure the turn is with the dead host again.
    const failed = statsOf(result)("cluster.db.upstream_cx_connect_fail");
    expect([3, 4]).toContain(failed);
    expect(flagsOf(result)).toEqual({ UF: failed });
    expect(result.clients[0]!.attempts).toBe(4 + failed);
  });

  test("of a connection hashed by its source all go to the same host", () => {
    const proxy = { cluster: "db", max_connect_attempts: 3, hash_policy: [{ source_ip: {} }] };
    const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
    const all = hosts.map((host) => `${host}:5432`);
    const more = { proxy, hosts, cluster: { lb_policy: "MAGLEV" }, client: { address: "10.9.0.1" } };
    const result = run({
      ...more,
      scenario: { faults: [{ at: "0s", service: "db", hosts: all, down: true }] },
    });
    expect(statsOf(result)("cluster.db.upstream_cx_connect_fail")).toBe(3);
    const healthy = run({ ...more, at: [0, 1000, 2000, 3000, 4000, 5000] });
    expect(healthy.services[0]!.hosts.filter(({ requests }) => requests > 0)).toHaveLength(1);
  });

  test("tell outlier detection, which takes the host out", () => {
    const outlier_detection = { consecutive_5xx: 2, interval: "1s", max_ejection_percent: 50 };
    const hosts = ["10.0.0.1", "10.0.0.2"];
    const at = Array.from({ length: 20 }, (_, i) => i * 500);
    const result = run({ hosts, cluster: { outlier_detection }, scenario: { faults }, at });
    expect(result.ejections[0]).toMatchObject({ host: "10.0.0.1:5432", action: "EJECT" });
    expect(statusOf(result)).toEqual({ 200: 18, lost: 2 });
  });

  test("end with the connect timeout where no answer comes", () => {
    const links = [{ at: "0s", link: { from: "proxy:edge", to: "service:db" }, cut: true }];
    const result = run({ cluster: { connect_timeout: "0.2s" }, scenario: { faults: links } });
    expect(flagsOf(result)).toEqual({ UF: 1, URX: 1 });
    expect(statsOf(result)("cluster.db.upstream_cx_connect_timeout")).toBe(1);
    // Accepted after 5, given up after 205, heard of after 210.
    expect(latencyOf(result).max).toBe(210);
  });

  test.each([
    ["an unknown cluster", { proxy: { cluster: "nobody" } }, "NC", "tcp.in.downstream_cx_no_route"],
    [
      "a cluster without hosts",
      { proxy: { cluster: "empty" } },
      "UH",
      "cluster.empty.upstream_cx_none_healthy",
    ],
  ])("do not begin with %s", (_, world, flag, counter) => {
    const result = run({ ...world, clusters: [cluster("empty", [])] });
    expect(flagsOf(result)).toEqual({ [flag]: 1 });
    expect(statsOf(result)(counter)).toBe(1);
    // Closed as soon as it is accepted.
    expect(latencyOf(result).max).toBe(10);
  });

  test("share clusters by weight", () => {
    const weighted_clusters = {
      clusters: [
        { name: "db", weight: 3 },
        { name: "new", weight: 1 },
      ],
    };
    const at = Array.from({ length: 400 }, (_, i) => i * 100);
    const result = run({ proxy: { weighted_clusters }, clusters: [cluster("new", ["10.0.0.2"])], at });
    const stats = statsOf(result);
    const [old, recent] = ["db", "new"].map((name) => stats(`cluster.${name}.upstream_cx_total`));
    expect(old! + recent!).toBe(400);
    // 99.99 % of a binomial with 400 draws and a quarter.
    expect(Math.abs(recent! - 100)).toBeLessThan(3.9 * Math.sqrt(400 * 0.25 * 0.75));
  });
});

describe("time limits of a TCP proxy", () => {
  test("close a connection without bytes for so long", () => {
    const result = run({
      proxy: { cluster: "db", idle_timeout: "1s" },
      client: { protocol: "http1" },
      at: [0, 900, 3000],
    });
    const stats = statsOf(result);
    expect(statusOf(result)).toEqual({ 200: 3 });
    expect(stats("tcp.in.idle_timeout")).toBe(2);
    expect(stats("cluster.db.upstream_cx_destroy_local_with_active_rq")).toBe(2);
    expect(stats("tcp.in.downstream_cx_total")).toBe(2);
  });

  test("end an exchange that takes too long", () => {
    const services = { db: { cluster: "db", time: "500ms" } };
    const idle = run({ proxy: { cluster: "db", idle_timeout: "0.1s" }, scenario: { services } });
    // The bytes have gone on after 25; silence until 125, heard of after 130.
    expect(statusOf(idle)).toEqual({ lost: 1 });
    expect(latencyOf(idle).max).toBe(130);
    const proxy = { cluster: "db", max_downstream_connection_duration: "0.2s" };
    const longest = run({ proxy, scenario: { services } });
    expect(flagsOf(longest)).toEqual({ DT: 1 });
    expect(latencyOf(longest).max).toBe(210);
    expect(statsOf(longest)("tcp.in.max_downstream_connection_duration")).toBe(1);
  });
});

test("a host that resets a connection gives UR, one that closes it nothing", () => {
  const faults = [{ at: "40ms", for: "10ms", service: "db", down: true }];
  const reset = run({ scenario: { faults } });
  expect(statusOf(reset)).toEqual({ lost: 1 });
  expect(flagsOf(reset)).toEqual({ UR: 1 });
  const services = { db: { cluster: "db", time: "20ms", idle_timeout: "1s" } };
  const closed = run({ scenario: { services }, client: { protocol: "http1" }, at: [0, 5000] });
  expect(statusOf(closed)).toEqual({ 200: 2 });
  expect(statsOf(closed)("cluster.db.upstream_cx_destroy_local_with_active_rq")).toBe(2);
});

test("an HTTP listener is no place for a TCP client", () => {
  const files = {
    "scenario.yaml": JSON.stringify({
      name: "wrong",
      duration: "1s",
      proxies: { edge: { config: "edge.envoy.json" } },
      clients: { web: { to: "edge", protocol: "tcp", arrivals: { constant: "1/s" } } },
    }),
    "edge.envoy.json": envoy(["10.0.0.1:8080"]),
  };
  expect(() => runTestScenario(files)).toThrow(
    'client "web" speaks TCP, and proxy "edge" has no TCP proxy for it',
  );
});

test.each([
  [false, { 200: 3 }, 0],
  [true, { 200: 2, lost: 1 }, 1],
])("a host that is taken out loses its connections, if so configured: %s", (closes, status, lost) => {
  // The first two requests are with one host each when the checks of one of them begin to fail.
  const result = run({
    hosts: ["10.0.0.1", "10.0.0.2"],
    cluster: {
      close_connections_on_host_health_failure: closes,
      health_checks: [
        {
          timeout: "0.1s",
          interval: "0.1s",
          no_traffic_interval: "0.1s",
          unhealthy_threshold: 1,
          healthy_threshold: 1,
          http_health_check: { path: "/" },
        },
      ],
    },
    scenario: {
      services: { db: { cluster: "db", time: "2s" } },
      faults: [{ at: "1s", service: "db", hosts: ["10.0.0.1:5432"], errors: { 503: "100%" } }],
    },
    at: [100, 200, 5000],
  });
  const ends = Object.fromEntries(result.clients[0]!.status);
  // The answers that the fault turns into errors are none that a TCP proxy would see.
  expect({ 200: (ends[200] ?? 0) + (ends[503] ?? 0), ...(ends.lost && { lost: ends.lost }) }).toEqual(status);
  expect(statsOf(result)("cluster.db.upstream_cx_destroy_local_with_active_rq")).toBe(lost);
});

test("what one Envoy passes on, another one routes", () => {
  const result = runTestScenario({
    "scenario.yaml": JSON.stringify({
      name: "chain",
      duration: "1s",
      proxies: {
        outer: { config: "outer.envoy.json" },
        inner: { config: "inner.envoy.json", address: "10.1.0.1" },
      },
      services: { api: { cluster: "api", errors: { 503: "50%" } } },
      clients: { web: { to: "outer", arrivals: { constant: "100/s" } } },
    }),
    "outer.envoy.json": bootstrap({ hosts: ["10.1.0.1"] }).replace("5432", "80"),
    "inner.envoy.json": envoy(["10.0.0.1:8080"]),
  });
  const [outer, inner] = result.proxies.map(({ stats }) => new Map(stats));
  const status = new Map(result.clients[0]!.status);
  expect(inner!.get("http.ingress.downstream_rq_5xx")).toBe(status.get("503"));
  expect(inner!.get("http.ingress.downstream_cx_total")).toBe(outer!.get("tcp.in.downstream_cx_total"));
});
