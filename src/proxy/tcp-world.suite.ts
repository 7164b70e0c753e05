import { type RunResult, runTestScenario } from "../../test/support/run-scenario.ts";

export const TYPE = "type.googleapis.com/envoy.extensions";

export interface World {
  /** Added to the TCP proxy's configuration. */
  readonly proxy?: object;
  /** Network filters in front of it. */
  readonly filters?: readonly object[];
  /** Added to the cluster `db`. */
  readonly cluster?: object;
  readonly clusters?: readonly object[];
  readonly hosts?: readonly string[];
  readonly scenario?: object;
  readonly client?: object;
  /** When requests are wanted, in ms. */
  readonly at?: readonly number[];
  readonly body?: number;
}

/** A cluster of these hosts. */
export function cluster(name: string, hosts: readonly string[], more: object = {}) {
  const lb_endpoints = hosts.map((address) => ({
    endpoint: { address: { socket_address: { address, port_value: 5432 } } },
  }));
  return {
    name,
    type: "STATIC",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints }] },
    ...more,
  };
}

function tcpProxy(more: object) {
  const typed_config = {
    "@type": `${TYPE}.filters.network.tcp_proxy.v3.TcpProxy`,
    stat_prefix: "in",
    ...more,
  };
  return { name: "envoy.filters.network.tcp_proxy", typed_config };
}

export function bootstrap({
  proxy = { cluster: "db" },
  filters = [],
  hosts = ["10.0.0.1"],
  ...world
}: World) {
  return JSON.stringify({
    static_resources: {
      listeners: [
        {
          name: "in",
          address: { socket_address: { address: "0.0.0.0", port_value: 80 } },
          filter_chains: [{ filters: [...filters, tcpProxy(proxy)] }],
        },
      ],
      clusters: [cluster("db", hosts, world.cluster), ...(world.clusters ?? [])],
    },
  });
}

/** 5 ms between client and proxy, 10 ms between proxy and hosts, which take 20 ms, each one way. */
export function run(world: World = {}): RunResult {
  const scenario = {
    name: "tcp",
    duration: "60s",
    network: {
      links: [
        { from: "client:web", latency: "5ms" },
        { to: "client:web", latency: "5ms" },
        { from: "proxy:edge", latency: "10ms" },
        { to: "proxy:edge", latency: "10ms" },
      ],
    },
    proxies: { edge: { config: "edge.envoy.json" } },
    services: { db: { cluster: "db", time: "20ms" } },
    clients: {
      web: { to: "edge", protocol: "tcp", arrivals: { trace: "trace.jsonl" }, ...world.client },
    },
    ...world.scenario,
  };
  const line = (at_ms: number) => JSON.stringify({ at_ms, ...(world.body && { body_bytes: world.body }) });
  return runTestScenario({
    "scenario.yaml": JSON.stringify(scenario),
    "edge.envoy.json": bootstrap(world),
    "trace.jsonl": (world.at ?? [0]).map(line).join("\n"),
  });
}

export function statsOf({ proxies }: RunResult) {
  const stats = new Map(proxies[0]!.stats);
  return (name: string) => stats.get(name) ?? 0;
}

export const statusOf = ({ clients }: RunResult) => Object.fromEntries(clients[0]!.status);
export const flagsOf = ({ clients }: RunResult) => Object.fromEntries(clients[0]!.flags);
export const latencyOf = ({ clients }: RunResult) => clients[0]!.latencyMs!;
