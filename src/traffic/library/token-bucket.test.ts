import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

const settings = { capacity: 20, cost: 5, timeoutCost: 10, refund: 1 };

test("retries empty it, and time does not fill it", () => {
  const bucket = new TokenBucket(settings);
  expect([bucket.take(false), bucket.take(true), bucket.take(true), bucket.take(false)]).toEqual([
    5, 10, 0, 5,
  ]);
  expect(bucket.tokens).toBe(0);
});

test("a success gives back what its last retry took, or a little, up to the capacity", () => {
  const bucket = new TokenBucket(settings);
  const taken = bucket.take(true);
  bucket.succeeded(taken);
  expect(bucket.tokens).toBe(20);
  bucket.take(false);
  bucket.succeeded(0);
  expect(bucket.tokens).toBe(16);
  for (let i = 0; i < 10; i++) bucket.succeeded(0);
  expect(bucket.tokens).toBe(20);
});
