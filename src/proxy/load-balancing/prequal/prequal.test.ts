import { describe, expect, test } from "vitest";
import { depsOf, FIRST_ATTEMPT, picks } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../../test/support/hosts.ts";
import { MILLISECOND, SECOND } from "../../../kernel/time.ts";
import { stream64 } from "../../../random/stream64.ts";
import { Streams } from "../../../random/streams.ts";
import { testPolicy } from "../policy.suite.ts";
import { prequal } from "./config.ts";
import { ProbePool } from "./probe-pool.ts";

// Nobody answers probes in the suite: hosts are drawn at random. Priority, three probes, the host.
testPolicy("Prequal", prequal.configure({}), {
  drawsPerPick: 5,
  drawsAtConstruction: 0,
  weights: "ignored",
});

describe("the pool of answers", () => {
  const [a, b, c] = hostsWithWeights([1, 1, 1]);
  const entry = (host: typeof a, requestsInFlight: number, latency: number, at = 0) => ({
    host: host!,
    requestsInFlight,
    latency: latency * MILLISECOND,
    at,
    usesLeft: 2,
  });

  test("prefers the fastest of the cold, and of hot ones that with the fewest requests", () => {
    const pool = new ProbePool(16, SECOND);
    for (const one of [entry(a, 9, 1), entry(b, 2, 8), entry(c, 3, 5)]) pool.add(one);
    expect(pool.best(4)!.host).toBe(c);
    expect(pool.best(1)!.host).toBe(b);
  });

  test("forgets answers that are old, used up, too many, or of hosts that are gone", () => {
    const pool = new ProbePool(2, SECOND);
    for (const one of [entry(a, 1, 1), entry(b, 1, 1), entry(c, 1, 1, SECOND)]) pool.add(one);
    expect(pool.entries.map(({ host }) => host)).toEqual([b, c]);
    pool.prune(1.5 * SECOND, () => true);
    expect(pool.entries.map(({ host }) => host)).toEqual([c]);
    const [last] = pool.entries;
    pool.use(last!);
    expect(last!.requestsInFlight).toBe(2);
    pool.use(last!);
    expect(pool.entries).toEqual([]);
    pool.add(entry(a, 1, 1));
    pool.prune(0, (host) => host !== a);
    expect(pool.entries).toEqual([]);
  });

  test("drops in turn the oldest and the worst", () => {
    const pool = new ProbePool(16, SECOND);
    for (const one of [entry(a, 1, 1), entry(b, 2, 8), entry(c, 3, 5)]) pool.add(one);
    pool.removeOne(9);
    pool.removeOne(9);
    expect(pool.entries.map(({ host }) => host)).toEqual([c]);
  });

  test("takes the threshold from the latest answers", () => {
    const pool = new ProbePool(16, SECOND);
    for (let i = 0; i < 100; i++) pool.add(entry(a, i, 1));
    expect(pool.threshold(0.84)).toBe(84);
    for (let i = 0; i < 128; i++) pool.add(entry(a, 5, 1));
    expect(pool.threshold(0.84)).toBe(5);
  });
});

test("keeps away from a host whose queue grows", () => {
  const hosts = hostsWithWeights(Array(10).fill(1));
  const random = stream64(new Streams("1").stream("test", "prequal"));
  const balancer = prequal.configure({})(
    depsOf(new TestPrioritySet(hosts), random, {
      probe: (host, onAnswer) =>
        onAnswer({ requestsInFlight: host === hosts[0] ? 50 : 1, latency: 5 * MILLISECOND }),
    }),
  );
  balancer.chooseHost(FIRST_ATTEMPT);
  const chosen = picks(balancer, 1000).filter((host) => host === hosts[0]).length;
  // By chance it would be 100. It is taken only when the pool happens to hold nothing else.
  expect(chosen).toBeLessThan(25);
});
