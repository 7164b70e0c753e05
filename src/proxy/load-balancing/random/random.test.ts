import { expect, test } from "vitest";
import { configured, depsOf, picks } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { HealthFlag } from "../../cluster/host.ts";
import { testPolicy } from "../policy.suite.ts";
import { ZONE_AWARE } from "../shared/locality-routing.ts";
import { random } from "./config.ts";
import { Random } from "./random.ts";

testPolicy("random", configured(random), {
  drawsPerPick: 1,
  drawsAtConstruction: 0,
  weights: "ignored",
});

test("reduces one number for the priority and for the host", () => {
  const first = hostsWithWeights([1, 1]);
  first[0]!.healthFlags = HealthFlag.failedOutlierCheck;
  const second = hostsWithWeights([1, 1, 1]);
  const prioritySet = new TestPrioritySet(first, second);
  // Priority 0 takes 70 %: 69 stays, 170 goes to priority 1, where it chooses host 170 % 3.
  const balancer = new Random(depsOf(prioritySet, scripted64(["69", "170"])), ZONE_AWARE);
  expect(picks(balancer, 2)).toEqual([first[1], second[2]]);
});
