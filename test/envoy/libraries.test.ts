import { expect } from "vitest";
import { MILLISECOND, SECOND } from "../../src/kernel/time.ts";
import { apertureOf, apertureSpan } from "../../src/proxy/load-balancing/aperture/aperture.ts";
import { costOf } from "../../src/proxy/load-balancing/peak-ewma/peak-ewma.ts";
import { RoundTrip } from "../../src/proxy/load-balancing/peak-ewma/round-trip.ts";
import { EqualJittered } from "../../src/traffic/library/back-off.ts";
import { HystrixBreaker } from "../../src/traffic/library/hystrix-breaker.ts";
import { RetryBudget } from "../../src/traffic/library/retry-budget.ts";
import { runVectors } from "../support/envoy-vectors.ts";
import vectors from "./vectors/libraries.json" with { type: "json" };

type HystrixOp =
  | { readonly op: "attempt"; readonly t: number }
  | { readonly op: "done"; readonly t: number; readonly ok: boolean; readonly count: number };

type BudgetOp = {
  readonly op: "balance" | "withdraw" | "deposit";
  readonly t: number;
  readonly count?: number;
};

type PeakEwmaOp =
  | { readonly op: "load"; readonly t: number }
  | { readonly op: "start"; readonly t: number }
  | { readonly op: "end"; readonly t: number; readonly rtt: number };

interface ApertureInput {
  readonly instance: number;
  readonly instances: number;
  readonly endpoints: number;
  readonly min_aperture: number;
}

runVectors(vectors, {
  hystrix({ ops }: { ops: readonly HystrixOp[] }, expected) {
    const settings = {
      requestVolume: 20,
      errorThreshold: 0.5,
      sleepWindow: 5 * SECOND,
      window: 10 * SECOND,
    };
    const breaker = new HystrixBreaker(settings, 0);
    const seen = ops.flatMap((each) => {
      const now = each.t * MILLISECOND;
      if (each.op === "attempt") return [[each.t, breaker.attempt(now), breaker.status(now)]];
      for (let i = 0; i < each.count; i++) {
        breaker.count(!each.ok, now);
        if (each.ok) breaker.markSuccess(now);
        else breaker.markNonSuccess(now);
      }
      return [];
    });
    expect(seen).toEqual(expected);
  },

  // A list that is used up goes on with the largest draw: those waits stand at the maximum all the same.
  equal_jittered(input: { start_ms: number; max_ms: number; random: readonly number[] }, expected) {
    const draws = [...input.random];
    const waits = new EqualJittered(input.start_ms, input.max_ms, (bound) => draws.shift() ?? bound - 1);
    expect((expected as number[]).map(() => waits.next())).toEqual(expected);
  },

  // Loads are in the unit of the times, here milliseconds; Finagle's penalty has none.
  peak_ewma({ decay_ms, ops }: { decay_ms: number; ops: readonly PeakEwmaOp[] }, expected) {
    let known: RoundTrip | undefined;
    let active = 0;
    const loads = ops.flatMap((each) => {
      if (each.op === "load") return [costOf(known, active, each.t, decay_ms)];
      if (each.op === "start") {
        active++;
        return [];
      }
      active--;
      if (known === undefined) known = new RoundTrip(each.rtt, each.t);
      else known.observe(each.rtt, each.t, decay_ms);
      return [];
    });
    expect(loads).toHaveLength(expected.length);
    loads.forEach((load, index) => {
      expect(Math.abs(load - expected[index])).toBeLessThanOrEqual(1e-9 * load);
    });
  },

  daperture(input: ApertureInput, expected: { logical: number; width: number; offset: number }) {
    const peer = { index: input.instance, count: input.instances };
    const { width, offset } = apertureSpan(input.endpoints, peer, input.min_aperture);
    expect(width).toBeCloseTo(expected.width, 9);
    expect(offset).toBeCloseTo(expected.offset, 9);
    const members = apertureOf(input.endpoints, peer, input.min_aperture);
    expect(members.length).toBeGreaterThanOrEqual(expected.logical);
    expect(members[0]!.index).toBe(Math.floor(expected.offset * input.endpoints + 1e-9));
  },

  retry_budget(input: RetryBudgetInput, expected) {
    const settings = {
      ttl: input.ttl_s * SECOND,
      minRetriesPerSecond: input.min_retries_per_s,
      percent: input.percent,
    };
    const budget = new RetryBudget(settings, 0);
    const seen = input.ops.flatMap(({ op, t, count = 1 }) =>
      Array.from({ length: count }, () => budgetStep(budget, op, t * MILLISECOND)).flat(),
    );
    expect(seen).toEqual(expected);
  },
});

interface RetryBudgetInput {
  readonly ttl_s: number;
  readonly min_retries_per_s: number;
  readonly percent: number;
  readonly ops: readonly BudgetOp[];
}

function budgetStep(budget: RetryBudget, op: BudgetOp["op"], now: number): (number | boolean)[] {
  if (op === "balance") return [budget.balance(now)];
  if (op === "withdraw") return [budget.tryWithdraw(now)];
  budget.deposit(now);
  return [];
}
