import { expect, test } from "vitest";
import { SECOND } from "../../kernel/time.ts";
import type { RunResult } from "../../simulation/result.ts";
import { findOverTime } from "./over-time.ts";

function resultOf(requests: number[], successes: number[], p99: (number | null)[]): RunResult {
  const client = { name: "web", requests, successes, failures: [], p50: p99, p90: p99, p99 };
  const series = { bin: SECOND, bins: requests.length, clients: [client], services: [], proxies: [] };
  return { series, duration: 4.5 * SECOND } as unknown as RunResult;
}

test("bins are put together into parts, by their requests and by their highest latency", () => {
  const result = resultOf([10, 30, 5, 0, 4], [10, 10, 5, 0, 1], [1, 7, 3, null, 2]);
  expect(findOverTime(result, 3)).toEqual({
    part: 2 * SECOND,
    end: 4.5 * SECOND,
    clients: [{ name: "web", successRate: [0.5, 1, 0.25], p99: [7, 3, 2] }],
  });
});

test("a part in which nothing was wanted has no figures", () => {
  const { clients } = findOverTime(resultOf([0, 2], [0, 2], [null, 5]), 10);
  expect(clients[0]).toEqual({ name: "web", successRate: [null, 1], p99: [null, 5] });
});
