import { expect, test } from "vitest";
import { configured, depsOf, PLAIN, picks } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { HealthFlag } from "../../cluster/host.ts";
import { testPolicy } from "../policy.suite.ts";
import { RoundRobinIndex } from "../shared/round-robin-index.ts";
import { roundRobin } from "./config.ts";
import { RoundRobin } from "./round-robin.ts";

testPolicy("round robin", configured(roundRobin), {
  drawsPerPick: 1,
  drawsAtConstruction: 1,
  weights: "evenly",
});

test("keeps its position over updates", () => {
  const hosts = hostsWithWeights([1, 1, 1]);
  const prioritySet = new TestPrioritySet(hosts);
  const balancer = new RoundRobin(depsOf(prioritySet, scripted64(Array(6).fill("0"))), PLAIN);
  expect(picks(balancer, 2)).toEqual([hosts[0], hosts[1]]);
  prioritySet.replace(0);
  balancer.update(0);
  expect(picks(balancer, 2)).toEqual([hosts[2], hosts[0]]);
});

test("starts a weighted schedule anew at each update", () => {
  const hosts = hostsWithWeights([1, 2, 3]);
  const prioritySet = new TestPrioritySet(hosts);
  const balancer = new RoundRobin(depsOf(prioritySet, scripted64(["5", ...Array(8).fill("0")])), PLAIN);
  const before = picks(balancer, 4);
  balancer.update(0);
  expect(picks(balancer, 4)).toEqual(before);
});

test("counts the turns of each list apart", () => {
  const hosts = hostsWithWeights([1, 1, 1, 1]);
  const prioritySet = new TestPrioritySet(hosts);
  const balancer = new RoundRobin(depsOf(prioritySet, scripted64(Array(8).fill("0"))), PLAIN);
  picks(balancer, 3);
  for (const host of hosts.slice(0, 3)) host.healthFlags = HealthFlag.failedOutlierCheck;
  prioritySet.replace(0);
  balancer.update(0);
  // Panic: the list of all hosts has not been used before.
  expect(picks(balancer, 2)).toEqual([hosts[0], hosts[1]]);
});

test("an index is the 64-bit number modulo any length", () => {
  let expected = (0xfffffffen << 32n) + 0xfffffffdn;
  const index = new RoundRobinIndex(0xfffffffe, 0xfffffffd);
  for (const length of [7, 7, 3, 3, 1000, 7, 2_000_000]) {
    expect(index.next(length)).toBe(Number(expected % BigInt(length)));
    expected++;
  }
});
