import { z } from "zod";
import { MILLISECOND, MINUTE, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { BackOffSpec, LayerSpec, RetryBudgetSpec, TokenBucketSpec } from "../library.ts";
import { flaw } from "./flaw.ts";
import { count, duration, list, number, object, positiveDuration, rate, share } from "./leaf.ts";
import { oneOf } from "./one-of.ts";

/** Hystrix sums up its window so often. */
const HEALTH_INTERVAL: Nanoseconds = 500 * MILLISECOND;

const layers = {
  throttle: throttle().optional(),
  timeout: positiveDuration().optional(),
  retry: retry().optional(),
  requeue: requeue().optional(),
  hystrix: hystrix().optional(),
  breaker: breaker().optional(),
  failure_accrual: failureAccrual().optional(),
};

const kinds = Object.keys(layers);

/** The policies of a client's library, outermost first. */
export function librarySchema() {
  return list(oneOf(object(layers), kinds, "a policy").transform(layerOf)).superRefine((chain, context) => {
    chain.forEach(({ kind }, index) => {
      if (kind !== "failure_accrual" || index === chain.length - 1) return;
      const found = flaw(
        "contradiction",
        "failure_accrual chooses where a request goes, so nothing can be inside it",
        {
          remedy: "write it last in the list",
        },
      );
      context.addIssue({ code: "custom", path: [index, kind], params: { flaw: found, which: "key" } });
    });
  });
}

type Layers = { [Kind in keyof typeof layers]?: z.output<(typeof layers)[Kind]> };

function layerOf(given: Layers): LayerSpec {
  const { throttle, timeout, retry, requeue, hystrix, breaker } = given;
  if (throttle !== undefined) return { kind: "throttle", settings: throttle };
  if (timeout !== undefined) return { kind: "timeout", after: timeout };
  if (retry !== undefined) return { kind: "retry", ...retry };
  if (requeue !== undefined) return { kind: "requeue", ...requeue };
  if (hystrix !== undefined) return { kind: "hystrix", ...hystrix };
  if (breaker !== undefined) return { kind: "breaker", settings: breaker };
  return { kind: "failure_accrual", settings: given.failure_accrual! };
}

function throttle() {
  return object({
    k: number(1, true).default(2),
    window: positiveDuration().default(2 * MINUTE),
  });
}

const OVER_A_BUDGET = "what limits the retries of all calls together";

function retry() {
  const schema = object({
    attempts: count(1).default(3),
    backoff: backOff({ base: 50 * MILLISECOND, max: 20 * SECOND, factor: 2, jitter: "full" }),
    token_bucket: tokenBucket().optional(),
    budget: budget().optional(),
  });
  return schema
    .superRefine(({ token_bucket, budget }, context) => {
      if (token_bucket === undefined || budget === undefined) return;
      const rivals = { keys: ["token_bucket", "budget"], what: OVER_A_BUDGET };
      context.addIssue({ code: "custom", params: { rivals } });
    })
    .transform(({ attempts, backoff, token_bucket, budget }) => ({
      attempts,
      backOff: backoff,
      ...(token_bucket !== undefined && { tokenBucket: token_bucket }),
      ...(budget !== undefined && { budget }),
    }));
}

function requeue() {
  return object({
    backoff: backOff({ base: 0, max: 20 * SECOND, factor: 2, jitter: "none" }),
    budget: budget().prefault({}),
  }).transform(({ backoff, budget }) => ({ backOff: backoff, budget }));
}

function backOff(usual: BackOffSpec) {
  const schema = object({
    base: duration().default(usual.base),
    max: positiveDuration().default(usual.max),
    factor: number(1, true).optional(),
    jitter: z.enum(["none", "full", "equal"]).default(usual.jitter),
  });
  return schema
    .superRefine(({ jitter, factor }, context) => {
      if (jitter !== "equal" || factor === undefined) return;
      const found = flaw("contradiction", "with equal jitter the waits always double", {
        remedy: 'leave out "factor"',
      });
      context.addIssue({ code: "custom", path: ["factor"], params: { flaw: found, which: "key" } });
    })
    .transform((given): BackOffSpec => ({ ...given, factor: given.factor ?? usual.factor }))
    .prefault({});
}

function tokenBucket() {
  return object({
    capacity: count(0).default(500),
    cost: count(1).default(5),
    timeout_cost: count(1).default(10),
    refund: count(0).default(1),
  }).transform(({ timeout_cost, ...rest }): TokenBucketSpec => ({ ...rest, timeoutCost: timeout_cost }));
}

function budget() {
  return object({
    ttl: positiveDuration().default(10 * SECOND),
    min_retries: rate().default(10),
    percent: share().default(0.2),
  }).transform(
    ({ ttl, min_retries, percent }): RetryBudgetSpec => ({ ttl, minRetriesPerSecond: min_retries, percent }),
  );
}

function hystrix() {
  return object({
    request_volume: count(1).default(20),
    error_threshold: share().default(0.5),
    sleep_window: positiveDuration().default(5 * SECOND),
    window: multipleOf(HEALTH_INTERVAL, "500ms").default(10 * SECOND),
    timeout: positiveDuration().default(SECOND),
    bulkhead: count(1).default(10),
    queue: count(0).default(0),
    queue_rejection: count(1).default(5),
  }).transform((given) => ({
    breaker: {
      requestVolume: given.request_volume,
      errorThreshold: given.error_threshold,
      sleepWindow: given.sleep_window,
      window: given.window,
    },
    bulkhead: { size: given.bulkhead, queue: given.queue, queueRejection: given.queue_rejection },
    timeout: given.timeout,
  }));
}

function breaker() {
  const schema = object({
    calls: count(1).optional(),
    window: multipleOf(SECOND, "1s").optional(),
    minimum_calls: count(1).default(100),
    failure_rate: positiveShare().default(0.5),
    slow_call_rate: positiveShare().default(1),
    slow_call: positiveDuration().default(MINUTE),
    half_open_calls: count(1).default(10),
    wait: positiveDuration().default(MINUTE),
  });
  return schema
    .superRefine(({ calls, window }, context) => {
      if (calls === undefined || window === undefined) return;
      const rivals = { keys: ["calls", "window"], what: "what the breaker looks back on" };
      context.addIssue({ code: "custom", params: { rivals } });
    })
    .transform((given) => ({
      window:
        given.window === undefined
          ? ({ kind: "count", size: given.calls ?? 100 } as const)
          : ({ kind: "time", size: given.window / SECOND } as const),
      minimumCalls: given.minimum_calls,
      failureRate: given.failure_rate,
      slowCallRate: given.slow_call_rate,
      slowCall: given.slow_call,
      halfOpenCalls: given.half_open_calls,
      wait: given.wait,
    }));
}

function failureAccrual() {
  return object({
    consecutive: count(1).default(5),
    success_rate: share().default(0.8),
    window: positiveDuration().default(30 * SECOND),
    min_requests: count(0).default(5),
    base: positiveDuration().default(5 * SECOND),
    max: positiveDuration().default(300 * SECOND),
  }).transform(({ consecutive, success_rate, window, min_requests, base, max }) => ({
    consecutive,
    successRate: { threshold: success_rate, window, minRequests: min_requests },
    base,
    max,
  }));
}

function multipleOf(unit: Nanoseconds, name: string) {
  return positiveDuration().superRefine((time, context) => {
    if (time % unit === 0) return;
    const found = flaw("out-of-range", `the window must be a multiple of ${name}`);
    context.addIssue({ code: "custom", params: { flaw: found } });
  });
}

function positiveShare() {
  return share().superRefine((value, context) => {
    if (value > 0) return;
    const found = flaw("out-of-range", "must be more than 0%: a breaker at 0% would open at the first call");
    context.addIssue({ code: "custom", params: { flaw: found } });
  });
}
