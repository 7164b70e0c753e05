import { expect, test } from "vitest";
import { Bulkhead } from "./bulkhead.ts";

function call(log: string[], name: string) {
  return { onAdmitted: () => log.push(name) };
}

test("without a queue it refuses what comes while all are busy", () => {
  const bulkhead = new Bulkhead({ size: 2, queue: 0, queueRejection: 5 });
  const log: string[] = [];
  expect(["a", "b", "c"].map((name) => bulkhead.enter(call(log, name)))).toEqual(["runs", "runs", "refused"]);
  bulkhead.leave();
  expect(bulkhead.enter(call(log, "d"))).toBe("runs");
  expect(log).toEqual([]);
});

test("with a queue the longest waiting call gets the next thread", () => {
  const bulkhead = new Bulkhead({ size: 1, queue: 3, queueRejection: 5 });
  const log: string[] = [];
  const calls = ["a", "b", "c", "d", "e"].map((name) => call(log, name));
  expect(calls.map((each) => bulkhead.enter(each))).toEqual(["runs", "waits", "waits", "waits", "refused"]);
  bulkhead.withdraw(calls[2]!);
  bulkhead.leave();
  bulkhead.leave();
  expect(log).toEqual(["b", "d"]);
  expect([bulkhead.running, bulkhead.queued]).toEqual([1, 0]);
  bulkhead.leave();
  expect(bulkhead.running).toBe(0);
});

test("the queue's own threshold refuses before it is full", () => {
  const bulkhead = new Bulkhead({ size: 1, queue: 10, queueRejection: 2 });
  const log: string[] = [];
  const admissions = ["a", "b", "c", "d"].map((name) => bulkhead.enter(call(log, name)));
  expect(admissions).toEqual(["runs", "waits", "waits", "refused"]);
});
