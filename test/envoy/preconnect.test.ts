import { expect, it } from "vitest";
import { type Bootstrap, GET, type Json, probed } from "../support/probed.ts";

const REQUESTS = Array.from({ length: 10 }, (_, n) => ({ ...GET, n }));
const AT_ONCE = REQUESTS.map((request) => ({ ...request, at_ms: request.n * 40 }));

interface Preconnected {
  readonly ratio: number;
  readonly hosts: number;
  readonly requests: readonly Json[];
  readonly cluster?: Json;
}

/** Ten requests to hosts that take 130 ms: connections, requests that waited for one, refused connections. */
function counts({ ratio, hosts, requests, cluster }: Preconnected): (number | undefined)[] {
  const addresses = Array.from({ length: hosts }, (_, i) => `10.0.0.${i + 1}`);
  const change = (bootstrap: Bootstrap) => {
    const [{ lb_endpoints }] = bootstrap.static_resources.clusters[0].load_assignment.endpoints;
    for (const address of addresses.slice(1)) {
      const other = structuredClone(lb_endpoints[0]);
      other.endpoint.address.socket_address.address = address;
      lb_endpoints.push(other);
    }
  };
  const delay_ms = requests === AT_ONCE ? 130 : 0;
  const { stats } = probed({
    upstreams: Object.fromEntries(addresses.map((address) => [`${address}:8080`, { default: { delay_ms } }])),
    cluster: { preconnect_policy: { predictive_preconnect_ratio: ratio }, ...cluster },
    route: {},
    requests,
    change,
  });
  return ["upstream_cx_total", "upstream_rq_pending_total", "upstream_cx_overflow"].map(
    (name) => stats[`cluster.api.${name}`],
  );
}

// What the released Envoy 1.40.0 counted.
it.each<[string, Preconnected, (number | undefined)[]]>([
  ["one after the other", { ratio: 1.5, hosts: 3, requests: REQUESTS }, [3, 1, undefined]],
  ["four at once", { ratio: 2, hosts: 3, requests: AT_ONCE }, [8, 1, undefined]],
  ["four at once, ratio 3", { ratio: 3, hosts: 3, requests: AT_ONCE }, [12, 2, undefined]],
  ["to one host", { ratio: 2, hosts: 1, requests: AT_ONCE }, [8, 4, undefined]],
  ["to one host, ratio 3", { ratio: 3, hosts: 1, requests: AT_ONCE }, [10, 4, undefined]],
  [
    "under a limit",
    {
      ratio: 3,
      hosts: 3,
      requests: AT_ONCE,
      cluster: { circuit_breakers: { thresholds: [{ max_connections: 4 }] } },
    },
    [4, 6, 13],
  ],
])("connects to hosts before round robin chooses them: requests %s", (_, world, expected) => {
  expect(counts(world)).toEqual(expected);
});

it("foresees nothing where the next host depends on how busy hosts are", () => {
  const least = { ratio: 3, hosts: 3, requests: REQUESTS, cluster: { lb_policy: "LEAST_REQUEST" } };
  const [connections, waited] = counts(least);
  expect(connections).toBe(waited);
});
