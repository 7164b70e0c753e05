import fc from "fast-check";
import { expect, it } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { MILLISECOND } from "../../kernel/time.ts";
import { Gauge, Stats } from "../../telemetry/stats.ts";
import { makeCircuitBreakers, readCircuitBreakers } from "./circuit-breakers.ts";
import { ManagedResource } from "./managed-resource.ts";
import type { RetryBudget } from "./retry-budget.ts";

const clock = { now: 0 };

function make(json?: JsonObject) {
  const stats = new Stats();
  const options = readCircuitBreakers(json && messageOf(json));
  return { stats, breakers: makeCircuitBreakers(options, stats, "cluster.c.", clock) };
}

it("has Envoy's defaults for both priorities", () => {
  const { breakers } = make();
  for (const { connections, pendingRequests, requests, retries, maxConnectionsPerHost } of [
    breakers.default,
    breakers.high,
  ]) {
    expect([connections.max, pendingRequests.max, requests.max, retries.max]).toEqual([1024, 1024, 1024, 3]);
    expect(maxConnectionsPerHost).toBe(Number.POSITIVE_INFINITY);
  }
});

it("takes the first thresholds of each priority", () => {
  const { breakers } = make({
    thresholds: [
      { priority: "HIGH", max_requests: 7 },
      { max_requests: 5, max_connections: 0 },
      { priority: "DEFAULT", max_requests: 6 },
    ],
    per_host_thresholds: [{ max_connections: 2 }],
  });
  expect(breakers.default.requests.max).toBe(5);
  expect(breakers.default.connections.max).toBe(0);
  expect(breakers.default.maxConnectionsPerHost).toBe(2);
  expect(breakers.high.requests.max).toBe(7);
  expect(breakers.high.maxConnectionsPerHost).toBe(Number.POSITIVE_INFINITY);
});

it("counts each priority by itself, under Envoy's names", () => {
  const { stats, breakers } = make({ thresholds: [{ max_connections: 1 }] });
  breakers.default.connections.increment();
  breakers.high.connections.increment();
  expect(stats.nonzero()).toEqual([["cluster.c.circuit_breakers.default.cx_open", 1]]);
  breakers.default.connections.decrement();
  expect(stats.nonzero()).toEqual([]);
});

it("allows retries as a share of the present load, at least the minimum, with Envoy's defaults of 20% and 3", () => {
  const { breakers } = make({ thresholds: [{ retry_budget: {} }] });
  const { requests, pendingRequests, retries } = breakers.default;
  for (let i = 0; i < 3; i++) retries.increment();
  expect(retries.canCreate()).toBe(false);
  for (let i = 0; i < 10; i++) requests.increment();
  for (let i = 0; i < 10; i++) pendingRequests.increment();
  expect(retries.canCreate()).toBe(true);
  requests.decrement();
  expect(retries.canCreate()).toBe(false);
});

it("lets the gauge of a budget go on comparing with max_retries, as Envoy does", () => {
  const { stats, breakers } = make({ thresholds: [{ max_retries: 1, retry_budget: {} }] });
  breakers.default.retries.increment();
  expect(stats.gauge("cluster.c.circuit_breakers.default.rq_retry_open").value).toBe(1);
  expect(breakers.default.retries.canCreate()).toBe(true);
});

it("shows in the gauge whether the limit was reached as of the last change", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.array(fc.boolean()), (max, changes) => {
      const gauge = new Gauge();
      const resource = new ManagedResource(max, gauge);
      for (const increments of changes) {
        if (increments) resource.increment();
        else if (resource.current > 0) resource.decrement();
        else continue;
        expect(gauge.value).toBe(resource.current >= max ? 1 : 0);
        expect(resource.canCreate()).toBe(resource.current < max);
      }
    }),
  );
});

// Envoy 1.40, RetryBudgetImpl::expireRequests: ten slots, the oldest of which is forgotten with every new one.
it("counts with an interval the requests that were started in it, whether they have ended or not", () => {
  clock.now = 0;
  const retry_budget = {
    budget_percent: { value: 50 },
    min_retry_concurrency: 0,
    budget_interval: "1s",
  };
  const { requests, pendingRequests, retries } = make({ thresholds: [{ retry_budget }] }).breakers.default;
  const limit = () => (retries as RetryBudget).limit;
  const start = (at: number, count: number) => {
    clock.now = at * MILLISECOND;
    for (let i = 0; i < count; i++) requests.increment();
    for (let i = 0; i < count; i++) requests.decrement();
  };
  pendingRequests.increment();
  expect(limit()).toBe(0);
  start(50, 4);
  start(150, 6);
  expect(limit()).toBe(5);
  clock.now = 999 * MILLISECOND;
  expect(limit()).toBe(5);
  // The first slot, that of 0 to 100 ms, is forgotten when nine more have ended.
  clock.now = 1_000 * MILLISECOND;
  expect(limit()).toBe(3);
  clock.now = 1_100 * MILLISECOND;
  expect(limit()).toBe(0);
  start(5_000, 2);
  expect(limit()).toBe(1);
});
