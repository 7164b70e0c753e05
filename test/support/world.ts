import type { LoadOptions } from "../../src/experiment/load-scenario.ts";
import type { SimulateOptions } from "../../src/experiment/simulate.ts";
import { MILLISECOND } from "../../src/kernel/time.ts";
import type { ClientResult, RunResult } from "../../src/simulation/result.ts";
import { runTestScenario, type TestFiles } from "./run-scenario.ts";

/** A scenario file as a mapping; JSON is YAML too. */
export type World = Readonly<Record<string, unknown>>;

export function filesOf(world: World, others: TestFiles = {}): TestFiles {
  return { "scenario.yaml": JSON.stringify({ name: "test", ...world }), ...others };
}

export function run(
  world: World,
  options: LoadOptions & SimulateOptions = {},
  others: TestFiles = {},
): RunResult {
  return runTestScenario(filesOf(world, others), options);
}

/** How one request ended: the key of its status and its latency in milliseconds. */
export interface Ended {
  readonly status: string;
  readonly ms: number;
}

export interface Asking {
  /** More keys of the client, such as `timeout`. */
  readonly client?: World;
  /** Bytes of each request's body. */
  readonly body?: number;
  readonly files?: TestFiles;
}

/**
 * Lets a client `web` want one request at each of these instants (ms, no two alike), and tells how each ended.
 * Without a `to` in `client` it asks the service `api`.
 */
export function ask(
  world: World,
  instants: readonly number[],
  { client, body = 0, files }: Asking = {},
): Ended[] {
  const trace = instants.map((at) => JSON.stringify({ at_ms: at, body_bytes: body })).join("\n");
  const windows = instants.map((at) => {
    const from = Math.round(at * MILLISECOND);
    return { from, to: from + 1 };
  });
  const clients = { web: { to: "api", ...client, arrivals: { trace: "trace.jsonl" } } };
  const result = run({ duration: "10s", ...world, clients }, { windows }, { "trace.jsonl": trace, ...files });
  return result.windows.map((window) => endOf(window.clients[0]!));
}

function endOf({ requests, status, latencyMs }: ClientResult): Ended {
  if (requests !== 1) throw new Error(`${requests} requests were wanted at one instant`);
  return { status: status[0]![0], ms: round(latencyMs!.mean) };
}

/** To whole nanoseconds: what is left of a sum of decimal fractions is not meant. */
export function round(ms: number): number {
  return Math.round(ms * MILLISECOND) / MILLISECOND;
}

/** A bootstrap with one listener on 0.0.0.0:80 that sends everything to the cluster `api` with these endpoints. */
export function envoy(endpoints: readonly string[], cluster: World = {}, route: World = {}): string {
  const manager = {
    "@type":
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "ingress",
    route_config: {
      name: "local",
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [{ match: { prefix: "/" }, route: { cluster: "api", ...route } }],
        },
      ],
    },
    http_filters: [
      {
        name: "envoy.filters.http.router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
  };
  return JSON.stringify({
    static_resources: {
      listeners: [
        {
          name: "in",
          address: socket("0.0.0.0", 80),
          filter_chains: [
            { filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] },
          ],
        },
      ],
      clusters: [
        {
          name: "api",
          connect_timeout: "5s",
          type: "STATIC",
          load_assignment: {
            cluster_name: "api",
            endpoints: [
              {
                lb_endpoints: endpoints.map((endpoint) => {
                  const [ip = "", port] = endpoint.split(":");
                  return { endpoint: { address: socket(ip, Number(port)) } };
                }),
              },
            ],
          },
          ...cluster,
        },
      ],
    },
  });
}

function socket(address: string, port: number) {
  return { socket_address: { address, port_value: port } };
}
