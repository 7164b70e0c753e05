import { describe, expect, test } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { HealthFlag } from "./host.ts";
import { readLoadAssignment } from "./load-assignment.ts";
import { ClusterPrioritySet } from "./priority-set.ts";

function endpoint(address: string, port: number, more: JsonObject = {}): JsonObject {
  return { endpoint: { address: { socket_address: { address, port_value: port } } }, ...more };
}

const assignment = readLoadAssignment(
  messageOf({
    policy: { overprovisioning_factor: 120, weighted_priority_health: true },
    endpoints: [
      {
        locality: { region: "r", zone: "b", sub_zone: "s" },
        lb_endpoints: [
          endpoint("10.0.0.2", 80, { load_balancing_weight: 3 }),
          endpoint("10.0.0.1", 80, {
            health_status: "DRAINING",
            metadata: { filter_metadata: { "envoy.lb": { canary: true } } },
          }),
        ],
      },
      { priority: 2, lb_endpoints: [endpoint("fc00::1", 8080, { health_status: "DEGRADED" })] },
    ],
  }),
);

describe("a load assignment", () => {
  test("keeps the order and what is said of each endpoint", () => {
    expect(assignment.endpoints.map(({ address }) => address)).toEqual([
      "10.0.0.2:80",
      "10.0.0.1:80",
      "[fc00::1]:8080",
    ]);
    expect(assignment.endpoints[0]).toMatchObject({ weight: 3, priority: 0, locality: { zone: "b" } });
    expect(assignment.endpoints[1]).toMatchObject({ weight: 1, metadata: { canary: true } });
    expect(assignment.endpoints[2]).toMatchObject({ priority: 2, locality: { zone: "" } });
  });

  test("has Envoy's defaults, also when there is none", () => {
    expect(readLoadAssignment(undefined)).toEqual({
      endpoints: [],
      overprovisioningFactor: 140,
      weightedPriorityHealth: false,
      localityWeights: [],
      dropOverload: 0,
    });
  });
});

describe("a cluster's priority set", () => {
  test("fills gaps between priorities with empty sets", () => {
    const { hostSets } = new ClusterPrioritySet(assignment);
    expect(hostSets.map(({ hosts }) => hosts.length)).toEqual([2, 0, 1]);
    expect(hostSets.every((set, p) => set.priority === p && set.overprovisioningFactor === 120)).toBe(true);
  });

  test("sorts hosts by health; draining ones are excluded", () => {
    const [first, , last] = new ClusterPrioritySet(assignment).hostSets;
    expect(first!.healthy.map(({ address }) => address)).toEqual(["10.0.0.2:80"]);
    expect(first!.excluded.map(({ address }) => address)).toEqual(["10.0.0.1:80"]);
    expect(last!.degraded.map(({ address }) => address)).toEqual(["[fc00::1]:8080"]);
  });

  test("replaces the set on refresh and tells its listeners in order", () => {
    const prioritySet = new ClusterPrioritySet(assignment);
    const before = prioritySet.hostSets[0]!;
    const told: string[] = [];
    prioritySet.onUpdate((priority) => told.push(`first ${priority}`));
    prioritySet.onUpdate((priority) => told.push(`second ${priority}`));
    before.hosts[0]!.healthFlags |= HealthFlag.failedOutlierCheck;
    expect(before.healthy).toHaveLength(1);
    prioritySet.refresh(0);
    expect(prioritySet.hostSets[0]!.healthy).toHaveLength(0);
    expect(prioritySet.hostSets[0]!.hosts).toEqual(before.hosts);
    expect(told).toEqual(["first 0", "second 0"]);
  });
});
