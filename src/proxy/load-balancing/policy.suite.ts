import { describe, expect, test } from "vitest";
import { CountingRandom64, contextOf, depsOf, FIRST_ATTEMPT, picks } from "../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet, testHost } from "../../../test/support/hosts.ts";
import { stream64 } from "../../random/stream64.ts";
import { Streams } from "../../random/streams.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import type { LoadBalancerDeps, MakeLoadBalancer } from "./policy.ts";

/** What the suite must know of a policy to test it. */
export interface PolicyTraits {
  /** Draws of a pick among unweighted hosts without ties, as in Envoy; see the policy's own comment. */
  readonly drawsPerPick: number;
  /** Draws when a balancer is made. */
  readonly drawsAtConstruction: number;
  /**
   * How hosts get requests in proportion to their weights: as evenly as whole requests allow; by chance, also that
   * of the points of a ring; or not at all.
   */
  readonly weights: "evenly" | "by chance" | "ignored";
}

/** Tests what every policy must do, whichever way it chooses. */
export function testPolicy(name: string, make: MakeLoadBalancer, traits: PolicyTraits): void {
  const random = (seed = "1") => stream64(new Streams(seed).stream("policy suite", name));
  const balancerOf = (prioritySet: TestPrioritySet, settings: Partial<LoadBalancerDeps> = {}) =>
    make(depsOf(prioritySet, random(), settings));

  describe(`${name}, as every policy`, () => {
    test("chooses none of no hosts", () => {
      expect(balancerOf(new TestPrioritySet([])).chooseHost(FIRST_ATTEMPT)).toBeNull();
    });

    test("chooses no unhealthy host outside panic", () => {
      const hosts = hostsWithWeights(Array(10).fill(1));
      for (const host of hosts.slice(0, 4)) host.healthFlags = HealthFlag.failedOutlierCheck;
      const chosen = new Set(picks(balancerOf(new TestPrioritySet(hosts)), 500));
      expect([...chosen].every((host) => host?.coarseHealth === "healthy")).toBe(true);
    });

    test("chooses none when all hosts are unhealthy and panic is off", () => {
      const hosts = [testHost(0, { healthFlags: HealthFlag.failedEdsHealth })];
      const balancer = balancerOf(new TestPrioritySet(hosts), { healthyPanicThreshold: 0 });
      expect(picks(balancer, 10)).toEqual(Array(10).fill(null));
    });

    test("uses all hosts in panic and counts each pick", () => {
      const hosts = hostsWithWeights([1, 1, 1, 1]);
      for (const host of hosts.slice(0, 3)) host.healthFlags = HealthFlag.failedActiveHealthCheck;
      const deps = depsOf(new TestPrioritySet(hosts), random());
      expect(new Set(picks(make(deps), 200))).toEqual(new Set(hosts));
      expect(deps.stats.counter("cluster.c.lb_healthy_panic").value).toBe(200);
    });

    test("spills to the next priority in Envoy's proportion", () => {
      const first = hostsWithWeights([1, 1]);
      first[0]!.healthFlags = HealthFlag.failedOutlierCheck;
      const second = hostsWithWeights([1, 1]);
      const chosen = picks(balancerOf(new TestPrioritySet(first, second)), 4000);
      // 140 % * 1/2 = 70 % stay. Standard deviation of the share is sqrt(0.7 * 0.3 / 4000) = 0.0072; five of them.
      expect(Math.abs(shareOf(chosen, first) - 0.7)).toBeLessThan(0.036);
    });

    test("takes up replaced lists with update", () => {
      const prioritySet = new TestPrioritySet(hostsWithWeights([1, 1]));
      const balancer = balancerOf(prioritySet);
      const replaced = [testHost(7), testHost(8)];
      prioritySet.replace(0, replaced);
      balancer.update(0);
      expect(picks(balancer, 50).every((host) => replaced.includes(host!))).toBe(true);
      prioritySet.replace(0, []);
      balancer.update(0);
      expect(balancer.chooseHost(FIRST_ATTEMPT)).toBeNull();
    });

    test("takes up a priority that was added", () => {
      const prioritySet = new TestPrioritySet([]);
      const balancer = balancerOf(prioritySet);
      const added = testHost(3, { priority: 1 });
      prioritySet.replace(1, [added]);
      balancer.update(1);
      expect(balancer.chooseHost(FIRST_ATTEMPT)).toBe(added);
    });

    test("draws as often as Envoy", () => {
      const counting = new CountingRandom64(random());
      const hosts = hostsWithWeights([1, 1, 1]);
      hosts.forEach((host, i) => {
        host.activeRequests = 3 - i;
      });
      const balancer = make(depsOf(new TestPrioritySet(hosts), counting));
      expect(counting.drawn).toBe(traits.drawsAtConstruction);
      picks(balancer, 10);
      expect(counting.drawn).toBe(traits.drawsAtConstruction + 10 * traits.drawsPerPick);
    });

    test("repeats its picks with the same draws", () => {
      const indices = () => {
        const hosts = hostsWithWeights([1, 2, 3, 1]);
        return picks(balancerOf(new TestPrioritySet(hosts)), 100).map((host) => hosts.indexOf(host!));
      };
      expect(indices()).toEqual(indices());
    });

    test("takes the last host when the context rejects every one", () => {
      const hosts = hostsWithWeights([1, 1]);
      let asked = 0;
      const context = contextOf({
        hostSelectionRetryCount: 3,
        shouldSelectAnotherHost: () => {
          asked++;
          return true;
        },
      });
      const chosen = balancerOf(new TestPrioritySet(hosts)).chooseHost(context);
      expect(hosts).toContain(chosen);
      expect(asked).toBe(3);
    });

    test.runIf(traits.weights === "evenly")("gives hosts shares by their weights, evenly", () => {
      const weights = [1, 2, 5];
      const hosts = hostsWithWeights(weights);
      const chosen = picks(balancerOf(new TestPrioritySet(hosts)), 8000);
      // Schedules by deadline keep each host within one pick of its share in any stretch; the rotation by
      // the seed and the addition to the weights may cost one more.
      hosts.forEach((host, i) => {
        expect(Math.abs(chosen.filter((one) => one === host).length - weights[i]! * 1000)).toBeLessThan(3);
      });
    });

    test.runIf(traits.weights === "by chance")("gives hosts shares by their weights, by chance", () => {
      const weights = [1, 2, 5];
      const hosts = hostsWithWeights(weights);
      const chosen = picks(balancerOf(new TestPrioritySet(hosts)), 8000);
      hosts.forEach((host, i) => {
        const share = weights[i]! / 8;
        // Variance of a share by 8,000 picks, and by 1,024 points on a ring; five standard deviations.
        const bound = 5 * Math.sqrt(share * (1 - share) * (1 / 8000 + 1 / 1024));
        expect(Math.abs(shareOf(chosen, [host]) - share)).toBeLessThan(bound);
      });
    });

    test.runIf(traits.weights === "ignored")("gives hosts equal shares whatever their weights", () => {
      const hosts = hostsWithWeights([1, 2, 5]);
      const chosen = picks(balancerOf(new TestPrioritySet(hosts)), 9000);
      // Standard deviation of a share is sqrt(1/3 * 2/3 / 9000) = 0.005; five of them.
      for (const host of hosts) expect(Math.abs(shareOf(chosen, [host]) - 1 / 3)).toBeLessThan(0.025);
    });
  });
}

function shareOf(chosen: readonly (Host | null)[], hosts: readonly Host[]): number {
  return chosen.filter((host) => host !== null && hosts.includes(host)).length / chosen.length;
}
