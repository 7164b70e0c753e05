import { expect, test } from "vitest";
import { childPolicy, configured, depsOf, FIRST_ATTEMPT } from "../../../test/support/balancer.ts";
import { testHost } from "../../../test/support/hosts.ts";
import { stream64 } from "../../random/stream64.ts";
import { Streams } from "../../random/streams.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import { localityKey } from "../cluster/locality.ts";
import { makeHostSet } from "../cluster/priority-set.ts";
import { sharesOfRemainders } from "./balancer-view.ts";
import { leastRequest } from "./least-request/config.ts";
import { maglev } from "./maglev/config.ts";
import type { LoadBalancerDeps, MakeLoadBalancer } from "./policy.ts";
import { random } from "./random/config.ts";
import { ringHash } from "./ring-hash/config.ts";
import { roundRobin } from "./round-robin/config.ts";
import { subset } from "./subset/config.ts";

/** Six standard errors: of all the shares compared here one in 10^7 test runs has one outside by chance. */
const STANDARD_ERRORS = 6;
const PICKS = 40_000;
const WEIGHTED = { locality_lb_config: { locality_weighted_lb_config: {} } };

const zone = (name: string) => ({ region: "", zone: name, subZone: "" });
const SICK = { healthFlags: HealthFlag.failedEdsHealth };
const DEGRADED = { healthFlags: HealthFlag.degradedEdsHealth };

/** Clusters with what matters for shares: weights, health, priorities, localities, panic. */
const clusters: Record<string, readonly (readonly Host[])[]> = {
  "hosts of equal weight": [[0, 1, 2, 3].map((i) => testHost(i))],
  "hosts of different weight": [[1, 2, 5].map((weight, i) => testHost(i, { weight }))],
  "a priority that is half healthy": [
    [testHost(0), testHost(1), testHost(2, SICK), testHost(3, SICK)],
    [4, 5, 6].map((i) => testHost(i, { priority: 1 })),
  ],
  "degraded hosts": [[testHost(0), testHost(1, DEGRADED), testHost(2, SICK), testHost(3, SICK)]],
  panic: [[testHost(0), testHost(1, SICK), testHost(2, SICK), testHost(3, SICK)]],
  localities: [
    [
      ...[0, 1, 2].map((i) => testHost(i, { locality: zone("a") })),
      testHost(3, { locality: zone("b") }),
      testHost(4, { locality: zone("b"), ...SICK }),
    ],
  ],
};

const policies: Record<string, MakeLoadBalancer> = {
  "round robin": configured(roundRobin),
  "round robin by localities": configured(roundRobin, WEIGHTED),
  "least request": configured(leastRequest),
  "least request by full scan": configured(leastRequest, { selection_method: "FULL_SCAN" }),
  random: configured(random),
  "ring hash": configured(ringHash),
  maglev: configured(maglev),
  subset: configured(subset, {
    subset_selectors: [{ keys: ["stage"] }],
    fallback_policy: "ANY_ENDPOINT",
    subset_lb_policy: childPolicy("random.v3.Random"),
  }),
};

const cases = Object.keys(policies).flatMap((policy) =>
  Object.keys(clusters).map((cluster) => [policy, cluster] as const),
);

test.each(cases)("picks of %s over %s go where its view says", (policy, cluster) => {
  const weights = new Map([
    [localityKey(zone("a")), 1],
    [localityKey(zone("b")), 3],
  ]);
  const hostSets = clusters[cluster]!.map((hosts, p) => makeHostSet(p, hosts, 140, false, weights));
  expectPicksAsViewed(policies[policy]!, { hostSets });
});

test.each([
  ["an own zone that is small", 1, 100],
  ["zones that count for a part of the requests", 1, 60],
  ["an own zone that is large enough", 4, 100],
])("picks with %s go where the view says", (_, own, routing_enabled) => {
  const hosts = Array.from({ length: 7 }, (_, i) =>
    testHost(i, { locality: zone(i < own ? "a" : i < 5 ? "b" : "c") }),
  );
  const proxies = ["a", "a", "b"].map((name, i) => testHost(100 + i, { locality: zone(name) }));
  const options = {
    locality_lb_config: { zone_aware_lb_config: { routing_enabled: { value: routing_enabled } } },
  };
  for (const make of [configured(roundRobin, options), configured(random, options)])
    expectPicksAsViewed(
      make,
      { hostSets: [makeHostSet(0, hosts)] },
      {
        ownLocality: zone("a"),
        localCluster: { prioritySet: { hostSets: [makeHostSet(0, proxies)] }, isFilledFirst: true },
      },
    );
});

function expectPicksAsViewed(
  make: MakeLoadBalancer,
  prioritySet: LoadBalancerDeps["prioritySet"],
  settings: Partial<LoadBalancerDeps> = {},
): void {
  const draws = stream64(new Streams("view").stream("test", "picks"));
  const balancer = make(depsOf(prioritySet, draws, settings));
  const view = balancer.view!(FIRST_ATTEMPT)!;
  const shares = new Map<Host | null, number>();
  for (const { hosts } of view.lists)
    for (const { host, share } of hosts!) shares.set(host, (shares.get(host) ?? 0) + share);
  shares.set(null, 1 - [...shares.values()].reduce((sum, share) => sum + share, 0));
  const counts = new Map<Host | null, number>();
  for (let i = 0; i < PICKS; i++) {
    const host = balancer.chooseHost(FIRST_ATTEMPT);
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  for (const host of new Set([...shares.keys(), ...counts.keys()])) {
    const share = Math.min(1, Math.max(0, shares.get(host) ?? 0));
    const bound = STANDARD_ERRORS * Math.sqrt((share * (1 - share)) / PICKS) + 1e-9;
    expect(Math.abs((counts.get(host) ?? 0) / PICKS - share), host?.address ?? "no host").toBeLessThanOrEqual(
      bound,
    );
  }
}

test("remainders of a number of which the priority is known are not all as likely", () => {
  // Below 30 of 100: 8 numbers leave 0 or 1 when divided by 4, and 7 leave 2 or 3.
  expect(sharesOfRemainders(4, { modulus: 100, from: 0, to: 30 })).toEqual([8 / 30, 8 / 30, 7 / 30, 7 / 30]);
  // 3 and 100 have no common divisor: nothing is known.
  expect(sharesOfRemainders(3, { modulus: 100, from: 10, to: 11 })).toEqual([1 / 3, 1 / 3, 1 / 3]);
});
