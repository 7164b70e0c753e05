import { describe, expect, test } from "vitest";
import { type EdgeParts, edgeBootstrap, endpoint } from "../../test/support/edge.ts";
import { type RunResult, runTestScenario } from "../../test/support/run-scenario.ts";

const SCENARIO = `
name: host-selection
duration: 10s
proxies: { edge: { config: edge.envoy.yaml, address: 10.1.0.1 } }
services: { backend: { cluster: backend, time: 1ms } }
clients:
  web: { to: edge, arrivals: { poisson: 100/s }, request: { path: /, headers: { x-user: { keys: 40, zipf: 0 } } } }
`;

/** Four hosts, of which every other one has the metadata `v: "1"`, the rest `v: "0"`. */
const HOSTS = [0, 1, 2, 3].map(
  (i) =>
    `{ ${endpoint(`10.0.0.${i + 1}:80`)}, metadata: { filter_metadata: { envoy.lb: { v: "${i % 2}" } } } }`,
);

function run(parts: EdgeParts): RunResult {
  const endpoints = `{ lb_endpoints: [ ${HOSTS.join(", ")} ] }`;
  const config = edgeBootstrap({ ...parts, cluster: `name: backend, ${parts.cluster ?? ""}`, endpoints });
  return runTestScenario({ "scenario.yaml": SCENARIO, "edge.envoy.yaml": config });
}

describe("a proxy chooses hosts", () => {
  test("by a hash of the request, the same for the same key, whichever the policy", () => {
    const action = "hash_policy: [ { header: { header_name: x-user } } ]";
    for (const lb_policy of ["RING_HASH", "MAGLEV"]) {
      const { clients, services } = run({ action, cluster: `lb_policy: ${lb_policy}` });
      expect(clients[0]!.successRate).toBe(1);
      // 40 keys over four hosts: all hosts have some.
      expect(services[0]!.hosts.every(({ requests }) => requests > 0)).toBe(true);
    }
  });

  test("with one key all requests go to one host", () => {
    const action = "hash_policy: [ { query_parameter: { name: q } }, { header: { header_name: ':path' } } ]";
    const { services } = run({ action, cluster: "lb_policy: MAGLEV" });
    expect(services[0]!.hosts.filter(({ requests }) => requests > 0)).toHaveLength(1);
  });

  test("by the metadata that the route asks for", () => {
    const action = 'metadata_match: { filter_metadata: { envoy.lb: { v: "1" } } }';
    const { services, proxies } = run({
      action,
      cluster: "lb_subset_config: { subset_selectors: [ { keys: [v] } ] }",
    });
    const requests = services[0]!.hosts.map((host) => host.requests);
    expect([requests[0], requests[2]]).toEqual([0, 0]);
    expect(Math.abs(requests[1]! - requests[3]!)).toBeLessThanOrEqual(1);
    // Two subsets, for the worker and for the main thread.
    expect(new Map(proxies[0]!.stats).get("cluster.backend.lb_subsets_active")).toBe(4);
  });

  test("by the metadata of a weighted cluster besides that of the route", () => {
    const filter = (v: string) => `metadata_match: { filter_metadata: { envoy.lb: ${v} } }`;
    const weighted = [0, 1].map((v) => `{ name: backend, weight: ${1 + 2 * v}, ${filter(`{ v: "${v}" }`)} }`);
    const action = `cluster: null, weighted_clusters: { clusters: [ ${weighted.join(", ")} ] }, ${filter('{ v: "9" }')}`;
    const cluster = "lb_subset_config: { subset_selectors: [ { keys: [v] } ] }";
    const { clients, services } = run({ action, cluster });
    const requests = services[0]!.hosts.map((host) => host.requests);
    const share = (requests[1]! + requests[3]!) / clients[0]!.requests;
    // Binomial: standard deviation 0.0137, five of them.
    expect(Math.abs(share - 0.75)).toBeLessThan(0.0685);
    expect(clients[0]!.successRate).toBe(1);
  });

  test("not at all for the share of requests that an overloaded cluster drops", () => {
    const assignment = "policy: { drop_overloads: [ { category: c, drop_percentage: { numerator: 30 } } ] }";
    const [client] = run({ assignment }).clients;
    const flags = new Map(client!.flags);
    // Binomial around 30 % of 1,000 requests: standard deviation 14.5, five of them.
    expect(Math.abs(flags.get("DO")! / client!.requests - 0.3)).toBeLessThan(0.0725);
    expect(new Map(client!.status).get("503")).toBe(flags.get("DO"));
  });

  test("not at all when an overloaded cluster drops everything", () => {
    const assignment = "policy: { drop_overloads: [ { category: c, drop_percentage: { numerator: 100 } } ] }";
    const [client] = run({ assignment }).clients;
    expect(client!.flags).toEqual([["UDO", client!.requests]]);
  });
});
