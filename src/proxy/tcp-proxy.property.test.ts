import fc from "fast-check";
import { expect, test } from "vitest";
import { type RunResult, runTestScenario } from "../../test/support/run-scenario.ts";

const TYPE = "type.googleapis.com/envoy.extensions.filters.network";
const HOSTS = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

interface Drawn {
  readonly protocol: "tcp" | "http1" | "http2";
  readonly attempts: number;
  readonly backOff: boolean;
  readonly idle: number;
  readonly longest: number;
  readonly connections: number;
  readonly perHost: number;
  readonly pending: number;
  readonly preconnect: number;
  readonly limit: boolean;
  readonly inspects: boolean;
  readonly workers: number;
  readonly timeout: number;
  readonly hostIdle: number;
  readonly faults: readonly Fault[];
}

interface Fault {
  readonly effect: "down" | "hang" | "cut" | "reset" | "restart";
  readonly at: number;
  readonly for: number;
}

const anyFault = fc.record({
  effect: fc.constantFrom(
    "down" as const,
    "hang" as const,
    "cut" as const,
    "reset" as const,
    "restart" as const,
  ),
  at: fc.integer({ min: 1, max: 3000 }),
  for: fc.integer({ min: 1, max: 800 }),
});

/** 0: not configured. */
const anyWorld: fc.Arbitrary<Drawn> = fc.record({
  protocol: fc.constantFrom("tcp" as const, "http1" as const, "http2" as const),
  attempts: fc.integer({ min: 1, max: 4 }),
  backOff: fc.boolean(),
  idle: fc.constantFrom(0, 20, 100, 1000),
  longest: fc.constantFrom(0, 50, 500),
  connections: fc.constantFrom(0, 1, 3, 10),
  perHost: fc.constantFrom(0, 1, 3),
  pending: fc.constantFrom(0, 1, 3),
  preconnect: fc.constantFrom(0, 1.5, 3),
  limit: fc.boolean(),
  inspects: fc.boolean(),
  workers: fc.integer({ min: 1, max: 2 }),
  timeout: fc.constantFrom(0, 30, 200),
  hostIdle: fc.constantFrom(0, 60),
  faults: fc.array(anyFault, { maxLength: 3 }),
});

const ms = (value: number) => `${value / 1000}s`;

function bootstrap(drawn: Drawn): string {
  const { attempts, backOff, idle, longest, connections, perHost, pending, preconnect } = drawn;
  const tcp = {
    "@type": `${TYPE}.tcp_proxy.v3.TcpProxy`,
    stat_prefix: "in",
    cluster: "db",
    max_connect_attempts: attempts,
    idle_timeout: ms(idle),
    ...(backOff && { backoff_options: { base_interval: "0.01s", max_interval: "0.05s" } }),
    ...(longest > 0 && { max_downstream_connection_duration: ms(longest) }),
  };
  const limit = {
    "@type": `${TYPE}.connection_limit.v3.ConnectionLimit`,
    stat_prefix: "l",
    max_connections: 8,
  };
  const inspector = {
    "@type": "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
  };
  const lb_endpoints = HOSTS.map((address) => ({
    endpoint: { address: { socket_address: { address, port_value: 5432 } } },
  }));
  const thresholds = {
    ...(connections > 0 && { max_connections: connections }),
    ...(pending > 0 && { max_pending_requests: pending }),
  };
  const cluster = {
    name: "db",
    type: "STATIC",
    connect_timeout: "0.1s",
    circuit_breakers: {
      thresholds: [thresholds],
      ...(perHost > 0 && { per_host_thresholds: [{ max_connections: perHost }] }),
    },
    outlier_detection: { consecutive_5xx: 3, interval: "0.5s", base_ejection_time: "0.5s" },
    ...(preconnect > 0 && { preconnect_policy: { per_upstream_preconnect_ratio: preconnect } }),
    load_assignment: { cluster_name: "db", endpoints: [{ lb_endpoints }] },
  };
  const listener = {
    name: "in",
    address: { socket_address: { address: "0.0.0.0", port_value: 80 } },
    ...(drawn.inspects && { listener_filters: [{ name: "tls", typed_config: inspector }] }),
    filter_chains: [
      {
        filters: [
          ...(drawn.limit ? [{ name: "l", typed_config: limit }] : []),
          { name: "tcp", typed_config: tcp },
        ],
      },
    ],
  };
  return JSON.stringify({ static_resources: { listeners: [listener], clusters: [cluster] } });
}

function faultOf({ effect, at, for: span }: Fault): object {
  const when = { at: `${at}ms`, for: `${span}ms` };
  if (effect === "restart") return { ...when, proxy: "edge", down: true };
  if (effect === "cut") return { ...when, link: { from: "proxy:edge", to: "service:db" }, cut: true };
  return { ...when, service: "db", hosts: 2, [effect]: effect === "reset" ? "50%" : true };
}

function run(drawn: Drawn): RunResult {
  const { timeout, workers, hostIdle, protocol, faults } = drawn;
  const scenario = {
    name: "any",
    duration: "4s",
    network: { links: [{ from: "client:web", latency: "1ms", loss: "0.5%" }, { latency: "2ms" }] },
    proxies: { edge: { config: "edge.envoy.json", concurrency: workers } },
    services: {
      db: {
        cluster: "db",
        workers: 2,
        time: { exponential: { mean: "15ms" } },
        ...(hostIdle > 0 && { idle_timeout: `${hostIdle}ms` }),
      },
    },
    clients: {
      web: {
        to: "edge",
        protocol,
        arrivals: { poisson: "60/s" },
        timeout: timeout > 0 ? `${timeout}ms` : "2s",
      },
    },
    faults: faults.map(faultOf),
  };
  return runTestScenario({ "scenario.yaml": JSON.stringify(scenario), "edge.envoy.json": bootstrap(drawn) });
}

test("connections that are passed on end, are counted once, and leave nothing behind", () => {
  fc.assert(
    fc.property(anyWorld, (drawn) => {
      const result = run(drawn);
      const stats = new Map(result.proxies[0]!.stats);
      const of = (name: string) => stats.get(name) ?? 0;
      const cluster = (name: string) => of(`cluster.db.${name}`);
      const { requests, status } = result.clients[0]!;
      expect(status.reduce((sum, [, count]) => sum + count, 0)).toBe(requests);
      // A host's own limit lets one wait until another one ends, which may be never.
      if (drawn.perHost === 0) expect(cluster("upstream_rq_pending_active")).toBe(0);
      expect(cluster("upstream_cx_total")).toBe(
        cluster("upstream_cx_destroy") + cluster("upstream_cx_active"),
      );
      // One user, one connection: whoever is not taken waits to be taken.
      expect(cluster("upstream_rq_active")).toBeLessThanOrEqual(cluster("upstream_cx_active"));
      expect(cluster("upstream_rq_total")).toBeLessThanOrEqual(cluster("upstream_cx_total"));
      const open = of("listener.0.0.0.0_80.downstream_cx_active");
      expect(of("listener.0.0.0.0_80.downstream_cx_total")).toBe(
        open + of("listener.0.0.0.0_80.downstream_cx_destroy"),
      );
      expect(cluster("upstream_rq_active")).toBeLessThanOrEqual(open);
      expect(of("connection_limit.l.active_connections")).toBe(drawn.limit ? open : 0);
      const { connections, preconnect } = drawn;
      // A TCP proxy asks before it chooses a host, so that only what is opened ahead may go beyond.
      if (connections > 0 && preconnect === 0)
        expect(cluster("upstream_cx_active")).toBeLessThanOrEqual(connections);
    }),
    { numRuns: 50 },
  );
}, 120_000);
