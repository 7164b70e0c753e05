import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configured, contextOf, depsOf, FIRST_ATTEMPT } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet, testHost } from "../../../../test/support/hosts.ts";
import { messageOf } from "../../../../test/support/message.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { compareU64 } from "../../../hash/u64.ts";
import { xxHash64 } from "../../../hash/xxhash64.ts";
import { HealthFlag } from "../../cluster/host.ts";
import { testPolicy } from "../policy.suite.ts";
import { ringHash } from "./config.ts";
import { type Ring, ringKind } from "./ring.ts";

testPolicy("ring hash", configured(ringHash), {
  drawsPerPick: 1,
  drawsAtConstruction: 0,
  weights: "by chance",
});

const DEFAULTS = { hashFunction: "XX_HASH", minimumSize: 64, maximumSize: 8388608 } as const;
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

describe("a ring", () => {
  const keys = Array.from({ length: 7 }, (_, i) => `10.0.0.${i}:80`);
  const ring = ringKind(DEFAULTS).build(
    keys,
    keys.map(() => 1 / 7),
  ) as Ring;
  const points = [...ring.points()];

  test("has its points in order", () => {
    for (let i = 1; i < points.length; i++)
      expect(compareU64(points[i - 1]!.hash, points[i]!.hash)).toBeLessThanOrEqual(0);
  });

  test("finds the next point for any hash, and the one after it for a further attempt", () => {
    fc.assert(
      fc.property(uint32, uint32, fc.nat(3), (high, low, attempt) => {
        const hash = { high, low };
        const found = points.findIndex((point) => compareU64(point.hash, hash) >= 0);
        const next = points[((found < 0 ? 0 : found) + attempt) % points.length]!;
        expect(ring.lookUp(hash, attempt)).toBe(next.owner);
      }),
    );
  });

  test("moves only the keys of a host that goes", () => {
    const without = ringKind(DEFAULTS).build(
      keys.slice(1),
      keys.slice(1).map(() => 1 / 6),
    );
    // 64 points over 7 hosts round up to 10 each, over 6 hosts to 11: those in common stay where they are.
    let kept = 0;
    for (let i = 0; i < 1000; i++) {
      const hash = xxHash64(`key-${i}`);
      const before = ring.lookUp(hash, 0);
      if (before > 0 && without.lookUp(hash, 0) === before - 1) kept++;
    }
    expect(kept).toBeGreaterThan(700);
  });
});

test("the same hash comes to the same host without a draw", () => {
  const hosts = hostsWithWeights([1, 1, 1, 1]);
  const balancer = configured(ringHash)(depsOf(new TestPrioritySet(hosts), scripted64([])));
  const context = contextOf({ hashKey: () => xxHash64("user-7") });
  const [first, ...others] = Array.from({ length: 10 }, () => balancer.chooseHost(context));
  expect(hosts).toContain(first);
  expect(others.every((host) => host === first)).toBe(true);
});

test("degraded hosts are in no ring: a pick for them finds none", () => {
  const hosts = [testHost(0, { healthFlags: HealthFlag.degradedEdsHealth })];
  const balancer = configured(ringHash)(depsOf(new TestPrioritySet(hosts), scripted64(["5"])));
  expect(balancer.chooseHost(FIRST_ATTEMPT)).toBeNull();
});

test("says how large the ring is and how many points its hosts have", () => {
  const deps = depsOf(new TestPrioritySet(hostsWithWeights([1, 2])), scripted64([]));
  configured(ringHash, { minimum_ring_size: 12 })(deps);
  expect(deps.stats.nonzero()).toEqual([
    ["cluster.c.ring_hash_lb.max_hashes_per_host", 8],
    ["cluster.c.ring_hash_lb.min_hashes_per_host", 4],
    ["cluster.c.ring_hash_lb.size", 12],
  ]);
});

test("a hash policy of its own comes before that of the route", () => {
  const hosts = hostsWithWeights([1, 1, 1, 1]);
  const hash_policy = [{ query_parameter: { name: "user" } }];
  const own = configured(ringHash, { consistent_hashing_lb_config: { hash_policy } });
  const balancer = own(depsOf(new TestPrioritySet(hosts), scripted64([])));
  const plain = configured(ringHash)(depsOf(new TestPrioritySet(hosts), scripted64([])));
  const head = { ...contextOf().head, path: "/?user=seven" };
  const chosen = balancer.chooseHost(contextOf({ head, hashKey: () => xxHash64("other") }));
  expect(chosen).toBe(plain.chooseHost(contextOf({ hashKey: () => xxHash64("seven") })));
});

test("the old configuration is read from its own message and from common_lb_config", () => {
  const cluster = messageOf({
    ring_hash_lb_config: { minimum_ring_size: "3", hash_function: "MURMUR_HASH_2" },
    common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } },
  });
  const hosts = ["a", "b", "c"].map((hostname, i) => testHost(i, { hostname }));
  const balancer = ringHash.legacy!.configure(cluster)(depsOf(new TestPrioritySet(hosts), scripted64([])));
  const ring = ringKind({ hashFunction: "MURMUR_HASH_2", minimumSize: 3, maximumSize: 8388608 });
  const table = ring.build(["a", "b", "c"], [1 / 3, 1 / 3, 1 / 3]);
  for (let i = 0; i < 50; i++) {
    const hash = xxHash64(`${i}`);
    const host = balancer.chooseHost(contextOf({ hashKey: () => hash }))!;
    expect(host).toBe(hosts[table.lookUp(hash, 0)]);
  }
});
