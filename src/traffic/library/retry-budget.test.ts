import { expect, test } from "vitest";
import { SECOND } from "../../kernel/time.ts";
import { RetryBudget } from "./retry-budget.ts";

/** Finagle 24 by its defaults (RetryBudget). */
const DEFAULTS = { ttl: 10 * SECOND, minRetriesPerSecond: 10, percent: 0.2 };

/** How many retries it pays for at once. */
function retries(budget: RetryBudget, now: number): number {
  let paid = 0;
  while (budget.tryWithdraw(now)) paid++;
  return paid;
}

test("without traffic it pays for the least number of retries in its time to live", () => {
  expect(retries(new RetryBudget(DEFAULTS, 0), 0)).toBe(100);
});

test("every five successes pay for a retry", () => {
  const budget = new RetryBudget({ ...DEFAULTS, minRetriesPerSecond: 0 }, 0);
  for (let i = 0; i < 49; i++) budget.deposit(0);
  expect(budget.balance(0)).toBe(9);
  expect(retries(budget, 0)).toBe(9);
  budget.deposit(0);
  expect(retries(budget, 0)).toBe(1);
});

test("what was paid in or out is forgotten after the time to live", () => {
  const budget = new RetryBudget(DEFAULTS, 0);
  for (let i = 0; i < 500; i++) budget.deposit(0);
  expect(retries(budget, 0)).toBe(200);
  expect(retries(budget, 9 * SECOND)).toBe(0);
  expect(retries(budget, 11 * SECOND)).toBe(100);
});

test("at 0 % it pays for the least number only", () => {
  const budget = new RetryBudget({ ...DEFAULTS, percent: 0 }, 0);
  for (let i = 0; i < 1000; i++) budget.deposit(0);
  expect(retries(budget, 0)).toBe(100);
});

test("a price that is no whole number of tokens is cut off", () => {
  const budget = new RetryBudget({ ...DEFAULTS, minRetriesPerSecond: 0, percent: 0.3 }, 0);
  for (let i = 0; i < 10; i++) budget.deposit(0);
  // 10,000 tokens, a retry costs 3,333.
  expect(retries(budget, 0)).toBe(3);
});
