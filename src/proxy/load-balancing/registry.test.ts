import { describe, expect, test } from "vitest";
import { childPolicy, contextOf, depsOf } from "../../../test/support/balancer.ts";
import { TestPrioritySet, testHost } from "../../../test/support/hosts.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { xxHash64 } from "../../hash/xxhash64.ts";
import { stream64 } from "../../random/stream64.ts";
import { Streams } from "../../random/streams.ts";
import type { Endpoint, Host } from "../cluster/host.ts";
import { HealthFlag } from "../cluster/host.ts";
import type { MakeLoadBalancer, PolicyDescription } from "./policy.ts";
import { comparisonPolicies, loadBalancingPolicies } from "./registry.ts";
import { readChild } from "./resolve.ts";

const child = childPolicy("random.v3.Random");
/** What policies need to be configured at all; what is inside of them looks at nothing but health. */
const OPTIONS: Readonly<Record<string, JsonObject>> = {
  subset: { subset_lb_policy: child, subset_selectors: [{ keys: ["stage"] }] },
  wrr_locality: {
    endpoint_picking_policy: childPolicy("client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin"),
  },
  load_aware_locality: { endpoint_picking_policy: child },
  override_host: { override_host_sources: [{ header: "x-host" }], fallback_policy: child },
};

const policies: [name: string, about: PolicyDescription, make: MakeLoadBalancer][] = [
  ...loadBalancingPolicies.map(({ name, about, configure }): (typeof policies)[number] => {
    const short = name.slice(name.lastIndexOf(".") + 1);
    return [short, about, configure(messageOf(OPTIONS[short] ?? {}), readChild)];
  }),
  ...comparisonPolicies.map(({ name, about, configure }): (typeof policies)[number] => [
    name,
    about,
    configure({}),
  ]),
];
/** What a cluster provides has no shares; what the request names is not for the policy to weigh. */
const choosing = policies.filter(([name]) => name !== "cluster_provided" && name !== "override_host");

const PICKS = 4000;

/** The last host's share of requests with different hashes; the hosts are in the subset that is asked for. */
function lastShare(
  make: MakeLoadBalancer,
  settings: Partial<Endpoint>,
  prepare?: (last: Host) => void,
): number {
  const common = { metadata: { stage: "a" } };
  const hosts = Array.from({ length: 4 }, (_, i) => testHost(i, { ...common, ...(i === 3 && settings) }));
  const last = hosts[3]!;
  prepare?.(last);
  const random = stream64(new Streams("1").stream("registry test", "picks"));
  const balancer = make(depsOf(new TestPrioritySet(hosts), random));
  let count = 0;
  for (let i = 0; i < PICKS; i++) {
    const context = contextOf({ hashKey: () => xxHash64(`key ${i}`), metadataMatch: [["stage", "a"]] });
    if (balancer.chooseHost(context) === last) count++;
  }
  return count / PICKS;
}

describe.each(choosing)("what %s says of itself", (_, { looksAt, summary }, make) => {
  test("holds for weights", () => {
    // By weight 6 of 9, otherwise 1 of 4: no spread of ring or draws comes near the other.
    expect(lastShare(make, { weight: 6 }) > 0.5).toBe(looksAt.includes("weights"));
  });

  test("holds for health", () => {
    const share = lastShare(make, { healthFlags: HealthFlag.failedOutlierCheck });
    expect(share === 0).toBe(looksAt.includes("health"));
  });

  test("holds for active requests", () => {
    const share = lastShare(make, {}, (last) => {
      last.activeRequests = 50;
    });
    // Among the least busy of two it is taken only when it was drawn twice, in one of sixteen picks.
    expect(share < 0.12).toBe(looksAt.includes("active requests"));
  });

  test("is one line", () => {
    expect(summary).toMatch(/^[a-z][^\n]{10,110}$/);
  });
});
