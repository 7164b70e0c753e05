import { expect, test } from "vitest";
import { testHost } from "../../../../test/support/hosts.ts";
import { HealthFlag } from "../../cluster/host.ts";
import { type Locality, localityKey } from "../../cluster/locality.ts";
import { makeHostSet } from "../../cluster/priority-set.ts";
import { groupByLocality } from "./locality-groups.ts";

const place = (region: string, zone: string, subZone = ""): Locality => ({ region, zone, subZone });
const places = [place("r2", "a"), place("r1", "b", "2"), place("r1", "b", "1"), place("r1", "a")];
const hosts = [0, 1, 2, 3, 1].map((at, i) => testHost(i, { locality: places[at]! }));

test("localities stand in the order of region, zone and sub-zone", () => {
  const { hasLocal, groups } = groupByLocality(makeHostSet(0, hosts), undefined);
  expect(hasLocal).toBe(false);
  expect(groups.map(({ hosts: list }) => list.map((host) => hosts.indexOf(host)))).toEqual([
    [3],
    [2],
    [1, 4],
    [0],
  ]);
});

test("the proxy's own locality comes first, if there are hosts in it", () => {
  const set = makeHostSet(0, hosts);
  const own = groupByLocality(set, place("r1", "b", "2"));
  expect(own.hasLocal).toBe(true);
  expect(own.groups[0]!.hosts).toEqual([hosts[1], hosts[4]]);
  expect(groupByLocality(makeHostSet(0, hosts), place("r9", "b")).hasLocal).toBe(false);
});

test("groups know who may be used and their weight", () => {
  hosts[4]!.healthFlags = HealthFlag.degradedEdsHealth;
  const weights = new Map([[localityKey(places[1]!), 7]]);
  const { groups } = groupByLocality(makeHostSet(0, hosts, 140, false, weights), undefined);
  expect(groups.map(({ weight }) => weight)).toEqual([0, 0, 7, 0]);
  expect([groups[2]!.healthy, groups[2]!.degraded]).toEqual([[hosts[1]], [hosts[4]]]);
});

test("a part of a set keeps the set's localities, empty ones included", () => {
  const whole = makeHostSet(0, hosts);
  const part = { ...makeHostSet(0, [hosts[0]!, hosts[2]!]), partOf: whole };
  const { groups } = groupByLocality(part, places[1]);
  expect(groups.map(({ hosts: list }) => list.length)).toEqual([0, 0, 1, 1]);
});
