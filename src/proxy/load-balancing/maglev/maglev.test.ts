import { expect, test } from "vitest";
import { configured, contextOf, depsOf } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet, testHost } from "../../../../test/support/hosts.ts";
import { messageOf } from "../../../../test/support/message.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { xxHash64 } from "../../../hash/xxhash64.ts";
import { localityKey } from "../../cluster/locality.ts";
import { makeHostSet } from "../../cluster/priority-set.ts";
import { testPolicy } from "../policy.suite.ts";
import { TableCache } from "../shared/table-cache.ts";
import { maglev } from "./config.ts";
import { fillSlots, maglevKind } from "./maglev-table.ts";

testPolicy("Maglev", configured(maglev), {
  drawsPerPick: 1,
  drawsAtConstruction: 0,
  weights: "by chance",
});

test("every host gets its share of the slots, whatever the size", () => {
  const keys = Array.from({ length: 20 }, (_, i) => `10.0.0.${i}:80`);
  const total = (20 * 21) / 2;
  const entries = keys.map(() => 0);
  fillSlots(
    keys,
    keys.map((_, i) => (i + 1) / total),
    5003,
    entries,
  );
  // A host takes a slot whenever its share of the rounds is due, so that it is off by less than two.
  for (const [i, count] of entries.entries())
    expect(Math.abs(count - (5003 * (i + 1)) / total)).toBeLessThan(2);
});

test("a single host fills no table", () => {
  const deps = depsOf(new TestPrioritySet([testHost(0)]), scripted64([]));
  const balancer = configured(maglev)(deps);
  expect(balancer.chooseHost(contextOf({ hashKey: () => xxHash64("x") }))).not.toBeNull();
  expect(deps.stats.nonzero()).toEqual([
    ["cluster.c.maglev_lb.max_entries_per_host", 1],
    ["cluster.c.maglev_lb.min_entries_per_host", 1],
  ]);
});

test("localities get slots by their weights, one without weight gets none", () => {
  const places = ["a", "b", "c"].map((zone) => ({ region: "r", zone, subZone: "" }));
  const hosts = [0, 1, 1, 2].map((place, i) => testHost(i, { locality: places[place]! }));
  const weights = new Map([
    [localityKey(places[0]!), 3],
    [localityKey(places[1]!), 1],
  ]);
  const prioritySet = { hostSets: [makeHostSet(0, hosts, 140, false, weights)] };
  const cluster = messageOf({ common_lb_config: { locality_weighted_lb_config: {} } });
  const balancer = maglev.legacy!.configure(cluster)(depsOf(prioritySet, scripted64([])));
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++)
    counts[hosts.indexOf(balancer.chooseHost(contextOf({ hashKey: () => xxHash64(`${i}`) }))!)]!++;
  // Binomial with standard deviation 27 or less: five of them.
  for (const [i, expected] of [3000, 500, 500, 0].entries())
    expect(Math.abs(counts[i]! - expected)).toBeLessThan(137);
  expect(counts[3]).toBe(0);
});

test("processes that see the same endpoints share a table, others do not", () => {
  const cache = new TableCache(maglevKind(31));
  const table = cache.tableOf(["a", "b"], [0.5, 0.5]);
  expect(cache.tableOf(["a", "b"], [0.5, 0.5])).toBe(table);
  expect(cache.tableOf(["a", "b"], [0.25, 0.75])).not.toBe(table);
  for (let i = 0; i < 40; i++) cache.tableOf(["a", `${i}`], [0.5, 0.5]);
  expect(cache.tableOf(["a", "b"], [0.5, 0.5])).not.toBe(table);
});

test("hosts of another process with the same addresses are its own", () => {
  const make = configured(maglev, { table_size: 31 });
  const [one, other] = [hostsWithWeights([1, 1, 1]), hostsWithWeights([1, 1, 1])];
  const balancers = [one, other].map((hosts) => make(depsOf(new TestPrioritySet(hosts), scripted64([]))));
  const context = contextOf({ hashKey: () => xxHash64("key") });
  const [first, second] = balancers.map((balancer) => balancer.chooseHost(context)!);
  expect(one).toContain(first);
  expect(other).toContain(second);
  expect(first!.address).toBe(second!.address);
});
