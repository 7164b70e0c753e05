import fc from "fast-check";
import { expect, it } from "vitest";
import { scripted64 } from "../../../test/support/scripted64.ts";
import type { RetryBreaker } from "../cluster/retry-breaker.ts";
import type { RetryWish } from "./retry-decision.ts";
import { DEFAULT_RETRY_POLICY } from "./retry-policy.ts";
import { RetryState } from "./retry-state.ts";

class Slots implements RetryBreaker {
  readonly max: number;
  taken = 0;

  constructor(max: number) {
    this.max = max;
  }

  canCreate(): boolean {
    return this.taken < this.max;
  }

  increment(): void {
    this.taken++;
  }

  decrement(): void {
    this.taken--;
  }
}

it("holds its slot through back-off and attempt, until the outcome is decided", () => {
  const slots = new Slots(1);
  const state = new RetryState(DEFAULT_RETRY_POLICY, slots);
  expect(state.decide("backoff")).toBe("yes");
  expect(slots.taken).toBe(1);
  expect(state.decide("no")).toBe("no");
  expect(slots.taken).toBe(0);
});

it("can use the slot that it gives back itself", () => {
  const slots = new Slots(1);
  const state = new RetryState({ ...DEFAULT_RETRY_POLICY, numRetries: 2 }, slots);
  expect([state.decide("backoff"), state.decide("backoff")]).toEqual(["yes", "yes"]);
  expect(slots.taken).toBe(1);
});

it("releases once, however often it is told", () => {
  const slots = new Slots(3);
  const state = new RetryState(DEFAULT_RETRY_POLICY, slots);
  state.decide("immediate");
  state.release();
  state.release();
  expect(slots.taken).toBe(0);
  expect(state.holdsSlot).toBe(false);
});

it("draws once for each back-off and not for a decision", () => {
  const random = scripted64(["30", "30"]);
  const state = new RetryState(DEFAULT_RETRY_POLICY, new Slots(3));
  state.decide("backoff");
  expect(random.drawn).toBe(0);
  expect([state.nextDelayMs(random), state.nextDelayMs(random)]).toEqual([5, 30]);
  expect(random.drawn).toBe(2);
});

const wishes = fc.constantFrom<RetryWish>("no", "backoff", "immediate");

it("never grants more retries than allowed nor takes more slots than there are, and gives all back", () => {
  const steps = fc.array(fc.record({ request: fc.nat(4), wish: fc.option(wishes) }), { maxLength: 100 });
  fc.assert(
    fc.property(fc.nat(5), fc.nat(4), steps, (numRetries, max, choices) => {
      const slots = new Slots(max);
      const states = Array.from(
        { length: 5 },
        () => new RetryState({ ...DEFAULT_RETRY_POLICY, numRetries }, slots),
      );
      const granted = [0, 0, 0, 0, 0];
      for (const { request, wish } of choices) {
        if (wish === null) states[request]!.release();
        else if (states[request]!.decide(wish) === "yes") granted[request]!++;
        expect(slots.taken).toBeLessThanOrEqual(max);
        expect(slots.taken).toBe(states.filter(({ holdsSlot }) => holdsSlot).length);
      }
      expect(Math.max(...granted)).toBeLessThanOrEqual(numRetries);
      for (const state of states) state.release();
      expect(slots.taken).toBe(0);
    }),
  );
});
