import { expect, test } from "vitest";
import { childPolicy, configured, depsOf, picks } from "../../../../test/support/balancer.ts";
import { testHost } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { localityKey } from "../../cluster/locality.ts";
import { makeHostSet } from "../../cluster/priority-set.ts";
import { testPolicy } from "../policy.suite.ts";
import { wrrLocality } from "./config.ts";

const CHILD = {
  endpoint_picking_policy: childPolicy("client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin"),
};

testPolicy("weighted round robin within weighted localities", configured(wrrLocality, CHILD), {
  drawsPerPick: 1,
  drawsAtConstruction: 2,
  weights: "evenly",
});

test("chooses localities by their weights whatever the number of their hosts", () => {
  const places = ["a", "b"].map((zone) => ({ region: "r", zone, subZone: "" }));
  const hosts = [0, 1, 1, 1].map((place, i) => testHost(i, { locality: places[place]! }));
  const weights = new Map(places.map((place, i) => [localityKey(place), i + 1]));
  const prioritySet = { hostSets: [makeHostSet(0, hosts, 140, false, weights)] };
  const random = scripted64(Array(302).fill("0"));
  const chosen = picks(configured(wrrLocality, CHILD)(depsOf(prioritySet, random)), 300);
  expect(hosts.map((host) => chosen.filter((one) => one === host).length)).toEqual([100, 67, 67, 66]);
});
