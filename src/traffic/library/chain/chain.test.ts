import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Request } from "../../../http/request.ts";
import { Simulator } from "../../../kernel/simulator.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../../kernel/time.ts";
import { AleaStream } from "../../../random/alea-stream.ts";
import { Outcome } from "../../../telemetry/outcome.ts";
import { Bulkhead } from "../bulkhead.ts";
import { ClientThrottle } from "../client-throttle.ts";
import { HystrixBreaker } from "../hystrix-breaker.ts";
import { RetryBudget } from "../retry-budget.ts";
import { TokenBucket } from "../token-bucket.ts";
import { WindowBreaker } from "../window-breaker.ts";
import { BreakerLayer } from "./breaker-layer.ts";
import { HystrixLayer } from "./hystrix-layer.ts";
import { RetryLayer } from "./retry-layer.ts";
import { AttemptLimit, BudgetLimit, RequeueLimit, type RetryLimit, TokenBucketLimit } from "./retry-limit.ts";
import type { Call, Layer, Step, Waiting } from "./step.ts";
import { ThrottleLayer } from "./throttle-layer.ts";
import { TimeoutLayer } from "./timeout-layer.ts";

const call: Call = {
  request: new Request(0, 0, 0, 0, 0),
  head: { method: "GET", scheme: "http", authority: "a", path: "/", headers: new Map(), bodyBytes: 0 },
};

/** Answers the n-th try as told, after a time; notes what goes on. */
class Backend implements Layer {
  readonly simulator: Simulator;
  readonly answer: (ordinal: number) => { status: number; after: Nanoseconds; wasSent?: boolean };
  readonly begunAt: Nanoseconds[] = [];
  open = 0;
  mostOpen = 0;

  constructor(simulator: Simulator, answer: Backend["answer"]) {
    this.simulator = simulator;
    this.answer = answer;
  }

  step(_call: Call, waiting: Waiting): Step {
    let timer = 0;
    return {
      start: () => {
        const { status, after, wasSent = true } = this.answer(this.begunAt.length);
        this.begunAt.push(this.simulator.now);
        this.mostOpen = Math.max(this.mostOpen, ++this.open);
        const end = () => {
          this.open--;
          waiting.onEnd(status, wasSent);
        };
        timer = this.simulator.after(after, end, null);
      },
      abandon: () => {
        this.open--;
        this.simulator.cancel(timer);
      },
    };
  }
}

const drawBelow = (bound: number) => bound - 1;
const backOff = { base: 100 * MILLISECOND, max: SECOND, factor: 2, jitter: "none" } as const;

function retrying(simulator: Simulator, inner: Layer, limit: RetryLimit, unsentOnly = false): RetryLayer {
  return new RetryLayer(simulator, inner, { backOff, unsentOnly }, limit, drawBelow);
}

function breaking(simulator: Simulator, inner: Layer): BreakerLayer {
  const breaker = new WindowBreaker(
    {
      window: { kind: "count", size: 3 },
      minimumCalls: 3,
      failureRate: 1,
      slowCallRate: 1,
      slowCall: SECOND,
      halfOpenCalls: 1,
      wait: 30 * SECOND,
    },
    0,
  );
  return new BreakerLayer(simulator, inner, breaker);
}

/** Makes calls at these times and says how they ended: [time, status]. */
function ends(simulator: Simulator, layer: Layer, times: readonly Nanoseconds[]): [Nanoseconds, number][] {
  const seen: [Nanoseconds, number][] = [];
  for (const time of times) {
    const onEnd = (status: number) => seen.push([simulator.now, status]);
    simulator.at(time, () => layer.step(call, { onEnd }).start(), null);
  }
  simulator.run();
  return seen;
}

const MS = MILLISECOND;
const failing = () => ({ status: 503, after: 10 * MS });

describe("retry", () => {
  test("tries again after each back-off and gives the last answer", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, failing);
    const seen = ends(simulator, retrying(simulator, backend, new AttemptLimit(3)), [0]);
    expect(backend.begunAt).toEqual([0, 110 * MS, 320 * MS]);
    expect(seen).toEqual([[330 * MS, 503]]);
  });

  test("is content with an answer below 500", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, (n) => ({ status: n === 0 ? 503 : 404, after: MS }));
    expect(ends(simulator, retrying(simulator, backend, new AttemptLimit(5)), [0])).toEqual([
      [102 * MS, 404],
    ]);
  });

  test("stops when the bucket of all calls is empty", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, failing);
    const bucket = new TokenBucket({ capacity: 15, cost: 5, timeoutCost: 10, refund: 1 });
    ends(simulator, retrying(simulator, backend, new TokenBucketLimit(3, bucket)), [0, 1, 2, 3]);
    expect(backend.begunAt.length).toBe(4 + 3);
  });

  test("stops when the budget of all calls is spent", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, failing);
    const budget = new RetryBudget({ ttl: 10 * SECOND, minRetriesPerSecond: 0.5, percent: 0.2 }, 0);
    ends(simulator, retrying(simulator, backend, new BudgetLimit(2, budget)), [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(backend.begunAt.length).toBe(8 + 5);
  });

  test("as requeues, retries only what was not sent, a fifth of the balance at most", () => {
    const simulator = new Simulator();
    const unsent = new Backend(simulator, () => ({ status: Outcome.lost, after: MS, wasSent: false }));
    const budget = () => new RetryBudget({ ttl: 10 * SECOND, minRetriesPerSecond: 1, percent: 0.2 }, 0);
    ends(simulator, retrying(simulator, unsent, new RequeueLimit(budget()), true), [0]);
    expect(unsent.begunAt.length).toBe(1 + 2);
    const sent = new Backend(simulator, () => ({ status: Outcome.lost, after: MS }));
    ends(simulator, retrying(simulator, sent, new RequeueLimit(budget()), true), [SECOND * 10]);
    expect(sent.begunAt.length).toBe(1);
  });
});

describe("the order of policies", () => {
  test("a breaker inside a retry counts each try and refuses the later ones", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, failing);
    const layer = retrying(simulator, breaking(simulator, backend), new AttemptLimit(5));
    const seen = ends(simulator, layer, [0]);
    expect(backend.begunAt.length).toBe(3);
    expect(seen.map(([, status]) => status)).toEqual([Outcome.rejected]);
  });

  test("a breaker around a retry counts calls, and lets each have all its tries", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, failing);
    const layer = breaking(simulator, retrying(simulator, backend, new AttemptLimit(5)));
    const seen = ends(simulator, layer, [0, 5 * SECOND, 10 * SECOND, 15 * SECOND]);
    expect(backend.begunAt.length).toBe(3 * 5);
    expect(seen.map(([, status]) => status)).toEqual([503, 503, 503, Outcome.rejected]);
  });

  test("a timeout around a retry ends it during a back-off too", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, failing);
    const layer = new TimeoutLayer(simulator, retrying(simulator, backend, new AttemptLimit(5)), 50 * MS);
    expect(ends(simulator, layer, [0])).toEqual([[50 * MS, Outcome.timeout]]);
    expect(backend.begunAt).toEqual([0]);
  });
});

describe("hystrix", () => {
  function command(simulator: Simulator, inner: Layer, size: number, queue: number): HystrixLayer {
    const settings = {
      requestVolume: 3,
      errorThreshold: 0.5,
      sleepWindow: 5 * SECOND,
      window: 10 * SECOND,
    };
    const bulkhead = new Bulkhead({ size, queue, queueRejection: 5 });
    return new HystrixLayer(simulator, inner, new HystrixBreaker(settings, 0), bulkhead, SECOND);
  }

  test("refuses what its semaphore has no room for", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, () => ({ status: 200, after: 10 * MS }));
    const seen = ends(simulator, command(simulator, backend, 1, 0), [0, 1, 11 * MS]);
    expect(seen).toEqual([
      [1, Outcome.rejected],
      [10 * MS, 200],
      [21 * MS, 200],
    ]);
  });

  test("waiting for a thread counts into its timeout", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, () => ({ status: 200, after: 700 * MS }));
    const seen = ends(simulator, command(simulator, backend, 1, 5), [0, 1, 2]);
    expect(seen).toEqual([
      [700 * MS, 200],
      [SECOND + 1, Outcome.timeout],
      [SECOND + 2, Outcome.timeout],
    ]);
    // The third gets the thread that the second's timeout has freed.
    expect(backend.begunAt).toEqual([0, 700 * MS, SECOND + 1]);
    expect(backend.open).toBe(0);
  });

  test("opens by timeouts, refuses, and closes by one trial", () => {
    const simulator = new Simulator();
    const backend = new Backend(simulator, (n) => ({ status: 200, after: n < 3 ? 2 * SECOND : MS }));
    const times = [0, 1, 2, 2 * SECOND, 7 * SECOND, 7 * SECOND + 1, 8 * SECOND];
    const seen = ends(simulator, command(simulator, backend, 10, 0), times);
    expect(seen.map(([, status]) => status)).toEqual([
      Outcome.timeout,
      Outcome.timeout,
      Outcome.timeout,
      Outcome.rejected,
      Outcome.rejected,
      200,
      200,
    ]);
  });
});

const layerNames = [
  "retry",
  "bucket",
  "budget",
  "requeue",
  "timeout",
  "breaker",
  "hystrix",
  "throttle",
] as const;

/** A policy with everything small, so that limits are reached. */
function layerCalled(name: (typeof layerNames)[number], simulator: Simulator, inner: Layer): Layer {
  const budget = () => new RetryBudget({ ttl: SECOND, minRetriesPerSecond: 5, percent: 0.2 }, 0);
  switch (name) {
    case "retry":
      return retrying(simulator, inner, new AttemptLimit(3));
    case "bucket": {
      const bucket = new TokenBucket({ capacity: 20, cost: 5, timeoutCost: 10, refund: 1 });
      return retrying(simulator, inner, new TokenBucketLimit(3, bucket));
    }
    case "budget":
      return retrying(simulator, inner, new BudgetLimit(3, budget()));
    case "requeue":
      return retrying(simulator, inner, new RequeueLimit(budget()), true);
    case "timeout":
      return new TimeoutLayer(simulator, inner, 30 * MS);
    case "breaker":
      return breaking(simulator, inner);
    case "hystrix": {
      const settings = { requestVolume: 5, errorThreshold: 0.5, sleepWindow: SECOND, window: SECOND };
      const bulkhead = new Bulkhead({ size: 2, queue: 2, queueRejection: 2 });
      return new HystrixLayer(simulator, inner, new HystrixBreaker(settings, 0), bulkhead, 40 * MS);
    }
    case "throttle": {
      const throttle = new ClientThrottle({ k: 1, window: SECOND }, 0);
      return new ThrottleLayer(simulator, inner, throttle, new AleaStream("throttle"));
    }
  }
}

test("whatever the chain, every call ends once or is abandoned, and nothing is left at the backend", () => {
  const answer = fc.record({
    status: fc.constantFrom(200, 200, 404, 503, Outcome.lost),
    after: fc.integer({ min: 0, max: 60 * MS }),
    wasSent: fc.boolean(),
  });
  const someCalls = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 2 * SECOND }), patience: fc.integer({ min: 1, max: SECOND }) }),
    { minLength: 1, maxLength: 40 },
  );
  const property = fc.property(
    fc.array(fc.constantFrom(...layerNames), { maxLength: 4 }),
    fc.array(answer, { minLength: 1, maxLength: 10 }),
    someCalls,
    (names, answers, calls) => {
      const simulator = new Simulator();
      const backend = new Backend(simulator, (n) => answers[n % answers.length]!);
      const layer = names.reduceRight<Layer>((inner, name) => layerCalled(name, simulator, inner), backend);
      const fates = calls.map(() => ({ ended: 0, abandoned: 0 }));
      calls.forEach(({ at, patience }, index) => {
        const fate = fates[index]!;
        const step = layer.step(call, { onEnd: () => fate.ended++ });
        simulator.at(at, () => step.start(), null);
        const giveUp = () => {
          if (fate.ended > 0) return;
          fate.abandoned++;
          step.abandon();
        };
        simulator.at(at + patience, giveUp, null);
      });
      simulator.run();
      expect(fates.map(({ ended, abandoned }) => ended + abandoned)).toEqual(calls.map(() => 1));
      expect(backend.open).toBe(0);
      if (names.at(-1) === "hystrix") expect(backend.mostOpen).toBeLessThanOrEqual(2);
    },
  );
  fc.assert(property, { numRuns: 300 });
});
