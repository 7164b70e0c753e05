import { expect, test } from "vitest";
import { probe } from "./probe.ts";

interface Assigned {
  readonly name: string;
  /** The zone of each host. */
  readonly zones: readonly string[];
}

/** How often the balancers of each cluster have computed their zones, for a proxy of the cluster `caller` in zone a. */
function recalculations(clusters: readonly Assigned[]): (number | undefined)[] {
  const assigned = clusters.map(({ name, zones }, index) => ({
    name,
    load_assignment: {
      cluster_name: name,
      endpoints: zones.map((zone, host) => ({
        locality: { zone },
        lb_endpoints: [{ endpoint: { address: socketAddress(`127.0.${index}.${host + 1}`, 8080) } }],
      })),
    },
  }));
  const manager = {
    "@type":
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "in",
    route_config: {
      virtual_hosts: [
        { name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "backend" } }] },
      ],
    },
    http_filters: [
      {
        name: "router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
  };
  const bootstrap = {
    node: { id: "one", cluster: "caller", locality: { zone: "a" } },
    cluster_manager: { local_cluster_name: "caller" },
    static_resources: {
      listeners: [
        {
          address: socketAddress("127.0.0.1", 10000),
          filter_chains: [{ filters: [{ name: "manager", typed_config: manager }] }],
        },
      ],
      clusters: assigned,
    },
  };
  const files = new Map([
    ["envoy.yaml", JSON.stringify(bootstrap)],
    ["case.json", '{"mode":"sequential"}'],
    ["upstreams.json", "{}"],
    ["requests.jsonl", '{"n":0}'],
  ]);
  const result = probe((name) => files.get(name)!);
  if (result.kind === "failed") throw new Error(result.reason);
  const stats = JSON.parse(result.files.find(({ name }) => name === "stats.json")!.text);
  return clusters.map(({ name }) => stats[`cluster.${name}.lb_recalculate_zone_structures`]);
}

function socketAddress(address: string, port_value: number) {
  return { socket_address: { address, port_value } };
}

// The numbers are those of the real server with one worker, which has a balancer of its own beside that of the process.
test("the cluster that a proxy belongs to knows no zones, and one without members is never heard of", () => {
  const backend = { name: "backend", zones: ["a", "b"] };
  const caller = { name: "caller", zones: ["a", "b"] };
  expect(recalculations([backend, caller])).toEqual([4, undefined]);
  expect(recalculations([backend, { name: "caller", zones: [] }])).toEqual([2, undefined]);
});
