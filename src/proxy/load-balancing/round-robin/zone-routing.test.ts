import { describe, expect, test } from "vitest";
import { contextOf, depsOf, picks } from "../../../../test/support/balancer.ts";
import { TestPrioritySet, testHost } from "../../../../test/support/hosts.ts";
import { stream64 } from "../../../random/stream64.ts";
import { Streams } from "../../../random/streams.ts";
import { HealthFlag, type Host } from "../../cluster/host.ts";
import { type LocalityRouting, ZONE_AWARE } from "../shared/locality-routing.ts";
import { NO_SLOW_START } from "../shared/slow-start.ts";
import { RoundRobin } from "./round-robin.ts";

const zones = ["A", "B", "C", "D", "E"].map((zone) => ({ region: "", zone, subZone: "" }));

/** So many hosts in each zone, by the zone's name. */
function hostsIn(counts: Readonly<Record<string, number>>): Host[] {
  return Object.entries(counts).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) => {
      const locality = zones.find(({ zone }) => zone === name)!;
      return testHost(i, { address: `${name}:${i}`, locality });
    }),
  );
}

function setUp(upstream: Host[], local: Host[], routing: LocalityRouting = ZONE_AWARE) {
  const random = stream64(new Streams("1").stream("test", "zones"));
  const prioritySet = new TestPrioritySet(upstream);
  const localSet = new TestPrioritySet(local);
  const deps = depsOf(prioritySet, random, {
    ownLocality: zones[0]!,
    localCluster: { prioritySet: localSet, isFilledFirst: true },
  });
  const balancer = new RoundRobin(deps, { routing, slowStart: NO_SLOW_START });
  const count = (name: string) => deps.stats.counter(`cluster.c.lb_${name}`).value;
  const sharesOf = (chosen: (Host | null)[]) =>
    zones.map(
      ({ zone }) => chosen.filter((host) => host!.endpoint.locality.zone === zone).length / chosen.length,
    );
  return { prioritySet, localSet, balancer, count, shares: (n: number) => sharesOf(picks(balancer, n)) };
}

describe("zone-aware routing", () => {
  test("sends what the own zone cannot take to zones with room, as the real server did", () => {
    const { shares, count } = setUp(hostsIn({ A: 1, C: 3, D: 3, E: 1 }), hostsIn({ A: 2, B: 2, C: 1, D: 1 }));
    const [a, b, , , e] = shares(8000);
    // The reference: A gets 37.5 %, E 15 % of 8,000 picks; standard deviation 0.0054, five of them.
    expect(Math.abs(a! - 0.375)).toBeLessThan(0.027);
    expect(Math.abs(e! - 0.15)).toBeLessThan(0.027);
    expect(b).toBe(0);
    expect(count("zone_routing_sampled") + count("zone_routing_cross_zone")).toBe(8000);
  });

  test("stays in the own zone where its share of hosts is large enough", () => {
    const { shares, count } = setUp(hostsIn({ A: 3, B: 3 }), hostsIn({ A: 1, B: 1 }));
    expect(shares(100)).toEqual([1, 0, 0, 0, 0]);
    expect(count("zone_routing_all_directly")).toBe(100);
  });

  test("takes up a changed local cluster", () => {
    const { shares, count, localSet } = setUp(hostsIn({ A: 3, B: 3 }), hostsIn({ A: 1 }));
    expect(shares(90)[1]).toBeGreaterThan(0);
    localSet.replace(0, hostsIn({ A: 1, B: 1 }));
    expect(shares(100)[0]).toBe(1);
    expect(count("recalculate_zone_structures")).toBe(2);
  });

  test("does not count zones of a small cluster, nor with a local cluster in panic", () => {
    expect(setUp(hostsIn({ A: 1, B: 1 }), hostsIn({ A: 1, B: 1 })).count("zone_cluster_too_small")).toBe(1);
    const local = hostsIn({ A: 3, B: 3 });
    for (const host of local.slice(1, 5)) host.healthFlags = HealthFlag.failedEdsHealth;
    const { shares, count } = setUp(hostsIn({ A: 4, B: 4 }), local);
    expect(shares(80)[0]).toBe(0.5);
    expect(count("local_cluster_not_ok")).toBe(80);
  });

  test("fail_traffic_on_panic chooses no host in panic, and counts it", () => {
    const hosts = hostsIn({ A: 4 });
    for (const host of hosts.slice(1)) host.healthFlags = HealthFlag.failedEdsHealth;
    const { balancer, count } = setUp(hosts, [], { ...ZONE_AWARE, failTrafficOnPanic: true });
    expect(balancer.chooseHost(contextOf())).toBeNull();
    expect(count("healthy_panic")).toBe(1);
  });

  test("a share of requests for which zones count costs a draw", () => {
    const { shares } = setUp(hostsIn({ A: 3, B: 3 }), hostsIn({ A: 1, B: 1 }), {
      ...ZONE_AWARE,
      routingEnabled: 50,
    });
    // Half of the picks in the own zone, half among all: 75 %; standard deviation 0.005, five of them.
    expect(Math.abs(shares(8000)[0]! - 0.75)).toBeLessThan(0.025);
  });
});
