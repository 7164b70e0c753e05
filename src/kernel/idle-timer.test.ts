import fc from "fast-check";
import { expect, it } from "vitest";
import { IdleTimer } from "./idle-timer.ts";
import { Simulator } from "./simulator.ts";

/** When a timer that is set and cancelled at every change runs off; Infinity: never. */
function plainExpiry(changes: readonly { at: number; rests: boolean }[], timeout: number): number {
  let idleSince = Number.POSITIVE_INFINITY;
  for (const { at, rests } of changes) {
    // What happens at the very instant of a timeout comes before it.
    if (idleSince + timeout < at) return idleSince + timeout;
    idleSince = rests ? at : Number.POSITIVE_INFINITY;
  }
  return idleSince + timeout;
}

it("runs off when a timer would that is set anew at every rest", () => {
  const change = fc.record({ at: fc.integer({ min: 0, max: 60 }), rests: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change), fc.integer({ min: 1, max: 30 }), (unordered, timeout) => {
      const changes = [...unordered].sort((a, b) => a.at - b.at);
      const simulator = new Simulator();
      let expired = Number.POSITIVE_INFINITY;
      const timer = new IdleTimer(simulator, timeout, () => (expired = simulator.now), null);
      for (const { at, rests } of changes) {
        simulator.at(
          at,
          () => expired === Number.POSITIVE_INFINITY && (rests ? timer.rest() : timer.work()),
          null,
        );
      }
      simulator.run();
      expect(expired).toBe(plainExpiry(changes, timeout));
    }),
  );
});

it("needs one event for each timeout that goes by, however often it is set", () => {
  const simulator = new Simulator();
  const timer = new IdleTimer(simulator, 1000, () => {}, null);
  for (let at = 0; at < 10_000; at++) {
    simulator.at(at, timer.work.bind(timer), undefined);
    simulator.at(at, timer.rest.bind(timer), undefined);
  }
  simulator.run();
  expect(simulator.events).toBeLessThanOrEqual(20_000 + 12);
});

it("tells nothing once it is stopped", () => {
  const simulator = new Simulator();
  const timer = new IdleTimer(simulator, 10, () => expect.unreachable(), null);
  timer.rest();
  simulator.at(5, () => timer.stop(), null);
  simulator.run();
  expect(simulator.now).toBe(5);
});
