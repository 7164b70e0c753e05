import { expect, test } from "vitest";
import type { DescriptorStatus } from "../../../http/rate-limit-call.ts";
import { limitHeaders } from "./limit-headers.ts";

function status(requestsPerUnit: number, windowSeconds: number, remaining: number): DescriptorStatus {
  return { isOver: false, limit: { requestsPerUnit, windowSeconds }, remaining, resetSeconds: remaining };
}

const unlimited: DescriptorStatus = { isOver: false, limit: undefined, remaining: 0, resetSeconds: 0 };

test("the headers tell of the descriptor with the least left, and of the windows of all", () => {
  expect(limitHeaders([unlimited, status(10, 1, 7), status(100, 3600, 3)])).toEqual([
    ["x-ratelimit-limit", "100, 10;w=1, 100;w=3600"],
    ["x-ratelimit-remaining", "3"],
    ["x-ratelimit-reset", "3"],
  ]);
});

test("where nothing is limited there are none", () => {
  expect(limitHeaders([unlimited])).toEqual([]);
});
