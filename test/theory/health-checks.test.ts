import { describe, expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../../src/kernel/time.ts";
import { envoy, run, type World } from "../support/world.ts";

const HOSTS = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];
const BAD = "10.0.0.3:80";
const LATENCY_MS = 1;
/** A check over an open connection takes one round trip; the next starts an interval after its end. */
const ROUND_TRIP_MS = 2 * LATENCY_MS;

const CHECK = {
  timeout: "0.2s",
  interval: "0.5s",
  no_traffic_interval: "0.5s",
  unhealthy_threshold: 3,
  healthy_threshold: 2,
  http_health_check: { path: "/healthz" },
};
const HTTP2 = { http2_protocol_options: {} };

interface Checked {
  readonly check?: World;
  readonly cluster?: World;
  readonly faults?: readonly World[];
  readonly client?: World;
  readonly duration?: string;
}

function checked({ check = {}, cluster = {}, faults = [], client = {}, duration = "10s" }: Checked) {
  const health_checks = [{ ...CHECK, ...check }];
  const files = { "edge.yaml": envoy(HOSTS, { health_checks, ...cluster }) };
  const world = {
    duration,
    network: { links: [{ latency: `${LATENCY_MS}ms` }] },
    proxies: { edge: { config: "edge.yaml", address: "10.1.0.1" } },
    services: { api: { cluster: "api", time: "1ms", workers: 8 } },
    clients: { web: { to: "edge", arrivals: { constant: "50/s" }, ...client } },
    faults,
  };
  const result = run(world, {}, files);
  const stats = new Map(result.proxies[0]!.stats);
  const events = result.healthEvents.filter(({ host, at }) => host === BAD && at >= 0);
  return {
    result,
    stats,
    /** Seconds from the fault at 2 s, and the kind of event. */
    events: events.map(({ at, kind }) => [(at - 2 * SECOND) / SECOND, kind] as const),
    counted: (name: string) => stats.get(`cluster.api.health_check.${name}`) ?? 0,
  };
}

function faulty(fault: World): World[] {
  return [{ at: "2s", for: "3s", service: "api", hosts: [BAD], ...fault }];
}

/** When a host goes and when it comes back, in seconds from the fault's start. */
function outage(world: Checked): [from: number, to: number] {
  const { events } = checked(world);
  expect(events.map(([, kind]) => kind)).toEqual(["eject_unhealthy_event", "add_healthy_event"]);
  return [events[0]![0], events[1]![0]];
}

const PERIOD_S = 0.5 + ROUND_TRIP_MS / 1000;

describe("a host that fails its checks", () => {
  test("answering with an error goes at the next check, and comes back after two successes", () => {
    const [from, to] = outage({ faults: faulty({ errors: { 503: "100%" } }) });
    expect(from).toBeLessThanOrEqual(PERIOD_S);
    expect(to).toBeGreaterThan(3 + PERIOD_S - ROUND_TRIP_MS / 1000);
    expect(to).toBeLessThanOrEqual(3 + 2 * PERIOD_S);
  });

  test("not answering goes when it has timed out three times", () => {
    const [from, to] = outage({ faults: faulty({ hang: true }) });
    // The first timed-out check starts within a period; two more follow, 0.7 s after each other.
    expect(from).toBeGreaterThanOrEqual(0.2 + 2 * 0.7 - LATENCY_MS / 1000);
    expect(from).toBeLessThanOrEqual(PERIOD_S + 0.2 + 2 * 0.7);
    expect(to).toBeLessThanOrEqual(3 + 0.7 + 3 * PERIOD_S);
  });

  test("refusing connections goes after three checks", () => {
    const [from] = outage({ faults: faulty({ down: true }) });
    expect(from).toBeGreaterThan(2 * 0.5);
    expect(from).toBeLessThanOrEqual(3 * PERIOD_S);
  });

  test("behind a cut link goes as if it did not answer", () => {
    const [from] = outage({ faults: faulty({ cut: true }) });
    expect(from).toBeGreaterThanOrEqual(0.2 + 2 * 0.7 - LATENCY_MS / 1000);
    expect(from).toBeLessThanOrEqual(PERIOD_S + 0.2 + 2 * 0.7);
  });

  test("is checked at the edge interval while failures are counted up", () => {
    const [from] = outage({ check: { unhealthy_edge_interval: "0.1s" }, faults: faulty({ hang: true }) });
    expect(from).toBeGreaterThanOrEqual(0.2 + 2 * 0.3 - LATENCY_MS / 1000);
    expect(from).toBeLessThanOrEqual(PERIOD_S + 0.2 + 2 * 0.3);
  });

  test("is counted to the threshold where its status is retriable", () => {
    const retriable_statuses = [{ start: 500, end: 600 }];
    const [from] = outage({
      check: { http_health_check: { path: "/healthz", retriable_statuses } },
      faults: faulty({ errors: { 503: "100%" } }),
    });
    expect(from).toBeGreaterThan(2 * 0.5);
    expect(from).toBeLessThanOrEqual(3 * PERIOD_S);
  });

  test("gets no traffic", () => {
    const { result, stats } = checked({ faults: [{ at: "2s", service: "api", hosts: [BAD], down: true }] });
    expect(stats.get("cluster.api.membership_healthy")).toBe(2);
    expect(stats.get("cluster.api.health_check.healthy")).toBe(2);
    const bad = result.services[0]!.hosts.find(({ address }) => address === BAD)!;
    // A third of the first 100 requests, and nothing after it has gone down.
    expect(bad.requests).toBeGreaterThanOrEqual(33);
    expect(bad.requests).toBeLessThanOrEqual(34);
  });
});

describe("kinds of checks", () => {
  const errors = faulty({ errors: { 503: "100%" } });
  const tcp = { http_health_check: undefined, tcp_health_check: {} };
  const ping = { tcp_health_check: { send: { text: "50" }, receive: [{ text: "51" }] } };
  const grpc = { http_health_check: undefined, grpc_health_check: { service_name: "api" } };

  test("TCP looks only at whether a connection is accepted", () => {
    expect(checked({ check: tcp, faults: errors }).events).toEqual([]);
    expect(outage({ check: tcp, faults: faulty({ down: true }) })[0]).toBeGreaterThan(1);
  });

  test("TCP with an answer fails by the time limit", () => {
    const [from] = outage({ check: { ...tcp, ...ping }, faults: errors });
    expect(from).toBeGreaterThanOrEqual(0.2 + 2 * 0.7 - LATENCY_MS / 1000);
  });

  test("gRPC fails with any other answer", () => {
    const [from] = outage({ check: grpc, cluster: HTTP2, faults: errors });
    expect(from).toBeLessThanOrEqual(PERIOD_S);
  });
});

test("checks take no worker and are not counted as requests", () => {
  const { result, counted } = checked({ client: { arrivals: { constant: "1/s" } } });
  expect(result.services[0]!.requests).toBe(10);
  // From 0 to the end, with one check a period and host.
  const each = 10 / PERIOD_S;
  expect(counted("attempt")).toBeGreaterThanOrEqual(3 * Math.floor(each));
  expect(counted("attempt")).toBeLessThanOrEqual(3 * Math.ceil(each));
  expect(counted("failure")).toBe(0);
});

test("a cluster without traffic is checked at the interval for that", () => {
  const check = { no_traffic_interval: "4s" };
  const { counted } = checked({ check, client: { arrivals: { schedule: [{ at: "9s", rate: "10/s" }] } } });
  expect(counted("attempt")).toBeLessThan(3 * Math.floor(10 / PERIOD_S));
});

test("checks do not keep a run alive", () => {
  const check = { always_log_health_check_success: true, interval: "0.05s", no_traffic_interval: "0.05s" };
  const { result } = checked({ check, duration: "2s", client: { arrivals: { constant: "10/s" } } });
  const last = result.healthEvents.at(-1)!.at;
  expect(last).toBeGreaterThan(2 * SECOND - 100 * MILLISECOND);
  expect(last).toBeLessThanOrEqual(2 * SECOND + 10 * MILLISECOND);
});

test("a passed check ends an ejection, unless it is told not to", () => {
  const outlier_detection = {
    consecutive_5xx: 3,
    max_ejection_percent: 50,
    base_ejection_time: "60s",
    interval: "1s",
  };
  const faults = [{ at: "2s", for: "0.2s", service: "api", hosts: [BAD], errors: { 500: "100%" } }];
  // A check that only needs a connection passes all the time.
  const check = { http_health_check: undefined, tcp_health_check: {} };
  const ends = (cluster: World) =>
    checked({ check, cluster, faults }).result.ejections.map(({ action, at }) => [action, at] as const);
  const [ejected, released] = ends({ outlier_detection });
  expect(ejected![0]).toBe("EJECT");
  expect(released![0]).toBe("UNEJECT");
  expect(released![1] - ejected![1]).toBeLessThanOrEqual(PERIOD_S * SECOND);
  const independent = { ...outlier_detection, successful_active_health_check_uneject_host: false };
  expect(ends({ outlier_detection: independent }).map(([action]) => action)).toEqual(["EJECT"]);
});

test("what discovery says of a host counts beside its checks", () => {
  const endpoint = (address: string, health_status: string) => {
    const [ip, port] = address.split(":");
    const socket_address = { address: ip, port_value: Number(port) };
    return { health_status, endpoint: { address: { socket_address } } };
  };
  const lb_endpoints = HOSTS.map((host) => endpoint(host, host === BAD ? "UNHEALTHY" : "HEALTHY"));
  const load_assignment = { cluster_name: "api", endpoints: [{ lb_endpoints }] };
  const { stats, counted, result } = checked({ cluster: { load_assignment } });
  expect(stats.get("cluster.api.membership_healthy")).toBe(2);
  // It passes its checks all the same.
  expect(stats.get("cluster.api.health_check.healthy")).toBe(3);
  expect(counted("failure")).toBe(0);
  expect(result.services[0]!.hosts.find(({ address }) => address === BAD)!.requests).toBe(0);
});

test("a proxy behind answers by its own routing", () => {
  const behind = JSON.parse(envoy(["10.0.0.9:80"]));
  const [listener] = behind.static_resources.listeners;
  const { routes } = listener.filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0];
  routes.unshift({ match: { path: "/healthz" }, direct_response: { status: 503 } });
  const files = {
    "edge.yaml": envoy(["10.1.0.2:80"], { health_checks: [CHECK] }),
    "behind.yaml": JSON.stringify(behind),
  };
  const world = {
    duration: "5s",
    proxies: {
      edge: { config: "edge.yaml", address: "10.1.0.1" },
      behind: { config: "behind.yaml", address: "10.1.0.2" },
    },
    clients: { web: { to: "edge", arrivals: { constant: "10/s" } } },
  };
  const { proxies, services, ...result } = run(world, {}, files);
  const stats = new Map(proxies[0]!.stats);
  expect(stats.get("cluster.api.health_check.failure")).toBeGreaterThan(5);
  expect(stats.get("cluster.api.membership_healthy") ?? 0).toBe(0);
  // With every host unhealthy the balancer panics and sends on.
  expect(stats.get("cluster.api.lb_healthy_panic")).toBe(50);
  expect(result.clients[0]!.successRate).toBe(1);
  expect(services.reduce((sum, { requests }) => sum + requests, 0)).toBe(0);
});
