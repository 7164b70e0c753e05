import { describe, expect, test } from "vitest";
import { loadTestScenario, runTestScenario, type TestFiles } from "../../test/support/run-scenario.ts";
import { envoy } from "../../test/support/world.ts";
import { comparisonPolicies } from "../proxy/load-balancing/registry.ts";
import { policyNames } from "../scenario/schema/policies.ts";

const ADDRESSES = Array.from({ length: 8 }, (_, i) => `10.0.0.${i + 1}:8080`);

function files(
  policies: string,
  service = "workers: 4, time: { exponential: { mean: 10ms } }",
  cluster = {},
): TestFiles {
  return {
    "edge.envoy.yaml": envoy(ADDRESSES, cluster),
    "scenario.yaml": `
name: policies
duration: 20s
network: { links: [ { latency: 200us } ] }
proxies: { edge: { config: edge.envoy.yaml, address: 10.1.0.1${policies} } }
services: { api: { cluster: api, ${service} } }
clients: { web: { to: edge, arrivals: { poisson: 800/s } } }
faults: [ { at: 0s, for: 20s, service: api, hosts: 2, slow: 4 } ]
`,
  };
}

/** Share of requests that the two slow hosts get. */
function slowShare(given: TestFiles): number {
  const hosts = runTestScenario(given).services[0]!.hosts.map(({ requests }) => requests);
  return (hosts[0]! + hosts[1]!) / hosts.reduce((sum, requests) => sum + requests, 0);
}

describe("policies that the scenario names", () => {
  test("are those of the table", () => {
    expect([...policyNames].sort()).toEqual(comparisonPolicies.map(({ name }) => name).sort());
  });

  test("replace what Envoy's configuration asks for", () => {
    // Round robin gives every host an eighth; latency and requests in flight tell who is slow.
    expect(Math.abs(slowShare(files("")) - 0.25)).toBeLessThan(0.001);
    expect(slowShare(files(", policies: { api: peak_ewma }"))).toBeLessThan(0.15);
    expect(slowShare(files(", policies: { api: { prequal: { probes: 4, max_age: 500ms } } }"))).toBeLessThan(
      0.15,
    );
  });

  test("can be set from outside", () => {
    const settings = ["proxies.edge.policies.api=peak_ewma"];
    const { scenario } = loadTestScenario(files(", policies: { api: aperture }"), { settings }).variants[0]!
      .plan;
    expect(scenario.proxies[0]!.policies).toEqual([{ cluster: "api", policy: "peak_ewma", options: {} }]);
  });

  test.each([
    [", policies: { api: peek_ewma }", 'there is no policy "peek_ewma" to compare with'],
    [", policies: { apo: rendezvous }", 'proxy "edge" has no cluster "apo" (did you mean "api"?)'],
    [", policies: { api: { aperture: { min_aperture: 0 } } }", "must be at least 1"],
    [", policies: { api: { aperture: { minimum: 3 } } }", "minimum"],
  ])("%s is refused", (policies, message) => {
    expect(() => loadTestScenario(files(policies))).toThrow(message);
  });
});

describe("hosts that report their load", () => {
  const weighted = {
    load_balancing_policy: {
      policies: [
        {
          typed_extension_config: {
            name: "weighted",
            typed_config: {
              "@type":
                "type.googleapis.com/envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
              blackout_period: "1s",
            },
          },
        },
      ],
    },
  };

  test("let client-side weighted round robin keep slow ones free", () => {
    const service = "workers: 4, time: 8ms, load_report: true";
    // 100 requests a second take a slow host's workers for 0.8 of the time, the others' for 0.2.
    expect(slowShare(files("", service, weighted))).toBeLessThan(0.15);
    expect(Math.abs(slowShare(files("", "workers: 4, time: 8ms", weighted)) - 0.25)).toBeLessThan(0.001);
  });

  test("need a number of workers", () => {
    expect(() => loadTestScenario(files("", "load_report: true"))).toThrow("load_report says how busy");
  });
});
