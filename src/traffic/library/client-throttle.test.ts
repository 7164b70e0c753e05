import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../../kernel/time.ts";
import { ClientThrottle } from "./client-throttle.ts";

const settings = { k: 2, window: 2 * MINUTE };

test("the probability is that of the book", () => {
  const throttle = new ClientThrottle(settings, 0);
  expect(throttle.probability(0)).toBe(0);
  for (let i = 0; i < 99; i++) throttle.requested(0);
  expect(throttle.probability(0)).toBe(0.99);
  for (let i = 0; i < 30; i++) throttle.accepted(0);
  expect(throttle.probability(0)).toBe((99 - 60) / 100);
  for (let i = 0; i < 20; i++) throttle.accepted(0);
  expect(throttle.probability(0)).toBe(0);
});

test("what is older than the window is forgotten", () => {
  const throttle = new ClientThrottle(settings, 0);
  for (let i = 0; i < 99; i++) throttle.requested(0);
  expect(throttle.probability(60 * SECOND)).toBe(0.99);
  expect(throttle.probability(240 * SECOND)).toBe(0);
});
