import { expect, test } from "vitest";
import {
  CountingRandom64,
  childPolicy,
  contextOf,
  depsOf,
  FIRST_ATTEMPT,
} from "../../../../test/support/balancer.ts";
import { TestPrioritySet, testHost } from "../../../../test/support/hosts.ts";
import { messageOf } from "../../../../test/support/message.ts";
import { stream64 } from "../../../random/stream64.ts";
import { Streams } from "../../../random/streams.ts";
import { HealthFlag, type Host } from "../../cluster/host.ts";
import { readChild } from "../resolve.ts";
import { PreviousPriorities } from "../shared/previous-priorities.ts";
import { Aggregate } from "./aggregate.ts";

const makeRoundRobin = readChild(messageOf(childPolicy("round_robin.v3.RoundRobin")));
const UNHEALTHY = { healthFlags: HealthFlag.failedActiveHealthCheck };

/** An aggregate cluster over clusters with these hosts, priority by priority. */
function aggregateOf(clusters: readonly (readonly (readonly Host[])[])[], healthyPanicThreshold = 50) {
  const random = new CountingRandom64(stream64(new Streams("1").stream("test", "aggregate")));
  const members = clusters.map((priorities) => {
    const prioritySet = new TestPrioritySet(...priorities);
    return { prioritySet, loadBalancer: makeRoundRobin(depsOf(prioritySet, random)) };
  });
  return { aggregate: new Aggregate({ members, random, healthyPanicThreshold }), members, random };
}

function shareOf(aggregate: Aggregate, hosts: readonly Host[], picks = 4000): number {
  let hits = 0;
  for (let i = 0; i < picks; i++) if (hosts.includes(aggregate.hostFor(FIRST_ATTEMPT)!)) hits++;
  return hits / picks;
}

test("prefers the first cluster while its hosts are healthy", () => {
  const [first, second] = [testHost(0), testHost(1)];
  expect(shareOf(aggregateOf([[[first]], [[second]]]).aggregate, [first], 200)).toBe(1);
});

test("spills over the priorities of all clusters as over those of one", () => {
  const first = [testHost(0), testHost(1, UNHEALTHY)];
  const second = [testHost(2, { priority: 1 }), testHost(3, { priority: 1, ...UNHEALTHY })];
  const third = [testHost(4)];
  const { aggregate } = aggregateOf([[first, second], [third]]);
  // 140 % * 1/2 = 70 % stay in the first priority; the second could take as much and gets what is left.
  // Standard deviation of a share: sqrt(0.7 * 0.3 / 4000) = 0.0072; five of them.
  expect(Math.abs(shareOf(aggregate, first) - 0.7)).toBeLessThan(0.036);
  expect(shareOf(aggregate, third, 500)).toBe(0);
});

test("goes on to the next cluster when the first has no healthy host", () => {
  const [first, second] = [testHost(0, UNHEALTHY), testHost(1)];
  expect(shareOf(aggregateOf([[[first]], [[second]]]).aggregate, [second], 200)).toBe(1);
});

test("leaves out priorities without hosts and clusters without any", () => {
  const host = testHost(0, { priority: 1 });
  expect(shareOf(aggregateOf([[[]], [[], [host]]]).aggregate, [host], 100)).toBe(1);
  expect(aggregateOf([[[]]]).aggregate.hostFor(FIRST_ATTEMPT)).toBeNull();
  expect(aggregateOf([]).aggregate.hostFor(FIRST_ATTEMPT)).toBeNull();
});

test("takes up changes of its clusters", () => {
  const [first, second] = [testHost(0), testHost(1)];
  const { aggregate, members } = aggregateOf([[[first]], [[second]]]);
  first.healthFlags = HealthFlag.failedOutlierCheck;
  members[0]!.prioritySet.replace(0, [first]);
  aggregate.refresh();
  expect(shareOf(aggregate, [second], 100)).toBe(1);
});

test("draws once more than the balancer of the chosen cluster", () => {
  const { aggregate, random } = aggregateOf([[[testHost(0)]], [[testHost(1)]]]);
  const before = random.drawn;
  aggregate.hostFor(FIRST_ATTEMPT);
  expect(random.drawn - before).toBe(2);
});

test("a retry leaves out the clusters that it has tried, though their hosts have the same priority", () => {
  const [first, second] = [testHost(0), testHost(1)];
  const { aggregate } = aggregateOf([[[first]], [[second]]]);
  const previous = new PreviousPriorities(1);
  previous.onHostAttempted(first);
  for (let i = 0; i < 20; i++) expect(aggregate.hostFor(contextOf({ retryPriority: previous }))).toBe(second);
});
