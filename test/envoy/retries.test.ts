import { expect, it } from "vitest";
import type { JsonObject, Message } from "../../src/decode/message.ts";
import { ResetReason } from "../../src/http/reset-reason.ts";
import { MILLISECOND } from "../../src/kernel/time.ts";
import {
  makeCircuitBreakers,
  readCircuitBreakers,
} from "../../src/proxy/circuit-breaking/circuit-breakers.ts";
import { RetryBudget } from "../../src/proxy/circuit-breaking/retry-budget.ts";
import type { RetryBreaker } from "../../src/proxy/cluster/retry-breaker.ts";
import { RouteProblems } from "../../src/proxy/matching/route-problems.ts";
import { type RequestPlan, RoutePlans } from "../../src/proxy/request-plan.ts";
import { withRetryHeaders } from "../../src/proxy/retry/request-headers.ts";
import {
  type RetryWish,
  wantsRetryForHeaders,
  wantsRetryForReset,
} from "../../src/proxy/retry/retry-decision.ts";
import { parseRetryGrpcOn, parseRetryOn } from "../../src/proxy/retry/retry-on.ts";
import { DEFAULT_RETRY_POLICY, readRetryPolicy } from "../../src/proxy/retry/retry-policy.ts";
import { RetryState } from "../../src/proxy/retry/retry-state.ts";
import { DEFAULT_ROUTER_OPTIONS } from "../../src/proxy/router-options.ts";
import { compileHeaderTest } from "../../src/proxy/routing/header-matcher.ts";
import { compileRouteTable } from "../../src/proxy/routing/route-table.ts";
import { Stats } from "../../src/telemetry/stats.ts";
import { runVectors } from "../support/envoy-vectors.ts";
import { type Headers, headOf } from "../support/heads.ts";
import { messageOf } from "../support/message.ts";
import { scripted64 } from "../support/scripted64.ts";
import vectors from "./vectors/retries.json" with { type: "json" };

const headerTest = (matcher: Message) => compileHeaderTest(matcher, new RouteProblems());

runVectors(vectors, {
  retryParse({ value, grpc }: { value: string; grpc: boolean }, expected) {
    expect(grpc ? parseRetryGrpcOn(value) : parseRetryOn(value)).toEqual(expected);
  },

  retryHeaders(input: RetryHeaders, { retry }) {
    const configured = readRetryPolicy(
      messageOf({
        retry_on: `${input.retryOn},${input.grpcOn}`,
        retriable_status_codes: input.statusCodes ?? [],
        retriable_headers: input.retriableHeaders ?? [],
        retriable_request_headers: input.retriableRequestHeaders ?? [],
      }),
      headerTest,
    );
    const headers = input.requestHeaders ?? [];
    const method = headers.find(([name]) => name === ":method")?.[1];
    const policy = withRetryHeaders(configured, headOf({ headers, ...(method !== undefined && { method }) }));
    expect(wantsRetryForHeaders(policy, input.status, new Map(input.responseHeaders))).toBe(retry);
  },

  retryReset(input: { retryOn: string; reason: ResetReason; bytesSent: boolean }, { retry }) {
    expect(Object.values(ResetReason)).toContain(input.reason);
    const policy = readRetryPolicy(messageOf({ retry_on: input.retryOn }), headerTest);
    expect(wantsRetryForReset(policy, input.reason, input.bytesSent)).toBe(retry);
  },

  retryDecide(input: RetryDecide, { results }) {
    const configured = readRetryPolicy(
      messageOf({ retry_on: "5xx", num_retries: input.numRetries }),
      headerTest,
    );
    const header: Headers =
      input.maxRetriesHeader === undefined ? [] : [["x-envoy-max-retries", input.maxRetriesHeader]];
    const breaker = new ScriptedBreaker();
    const state = new RetryState(withRetryHeaders(configured, headOf({ headers: header })), breaker);
    const actual = input.steps.map((wish, step) => {
      breaker.isFree = input.slotsFree[step] as boolean;
      return state.decide(wish);
    });
    const words = { Yes: "yes", No: "no", LimitExceeded: "limit-exceeded", Overflow: "overflow" };
    expect(actual).toEqual((results as (keyof typeof words)[]).map((word) => words[word]));
  },

  backoff({ base, max, randoms }: { base: number; max: number; randoms: string[] }, { delays }) {
    const policy = { ...DEFAULT_RETRY_POLICY, baseIntervalMs: base, maxIntervalMs: max };
    const state = new RetryState(policy, new ScriptedBreaker());
    const random = scripted64(randoms);
    expect(randoms.map(() => state.nextDelayMs(random))).toEqual(delays);
  },

  retryBudget(input: RetryBudgetInput, expected) {
    const budget = {
      budget_percent: { value: input.percent },
      min_retry_concurrency: input.minConcurrency,
    };
    const breakers = makeBreakers({ retry_budget: budget });
    for (let i = 0; i < input.active; i++) breakers.requests.increment();
    for (let i = 0; i < input.pending; i++) breakers.pendingRequests.increment();
    for (let i = 0; i < input.activeRetries; i++) breakers.retries.increment();
    const { retries } = breakers;
    expect(retries).toBeInstanceOf(RetryBudget);
    expect({ max: (retries as RetryBudget).limit, allowed: retries.canCreate() }).toEqual(expected);
  },

  breaker(input: { resource: string; max: number; current: number }, { allowed }) {
    const [field, name] = {
      connections: ["max_connections", "connections"] as const,
      pending: ["max_pending_requests", "pendingRequests"] as const,
      requests: ["max_requests", "requests"] as const,
      retries: ["max_retries", "retries"] as const,
    }[input.resource]!;
    const resource = makeBreakers({ [field]: input.max })[name];
    for (let i = 0; i < input.current; i++) resource.increment();
    expect(resource.canCreate()).toBe(allowed);
  },

  timeouts(input: Timeouts, expected) {
    const plan = planOf(input);
    expect({
      global: plan.globalTimeout / MILLISECOND,
      perTry: plan.perTryTimeout / MILLISECOND,
      expectedHeader: plan.head.headers.get("x-envoy-expected-rq-timeout-ms")?.[0] ?? null,
      grpcTimeout: plan.head.headers.get("grpc-timeout")?.[0] ?? null,
    }).toEqual(expected);
  },
});

it("copies every kind of vector that is about retries, limits and timeouts", () => {
  expect([...new Set(vectors.map(({ input }) => input.kind))].sort()).toEqual([
    "backoff",
    "breaker",
    "retryBudget",
    "retryDecide",
    "retryHeaders",
    "retryParse",
    "retryReset",
    "timeouts",
  ]);
});

interface RetryHeaders {
  readonly retryOn: string;
  readonly grpcOn: string;
  readonly status: number;
  readonly responseHeaders: Headers;
  readonly statusCodes?: readonly number[];
  readonly retriableHeaders?: readonly JsonObject[];
  readonly retriableRequestHeaders?: readonly JsonObject[];
  readonly requestHeaders?: Headers;
}

interface RetryDecide {
  readonly numRetries: number;
  readonly maxRetriesHeader?: string;
  readonly steps: readonly RetryWish[];
  readonly slotsFree: readonly boolean[];
}

interface RetryBudgetInput {
  readonly percent: number;
  readonly minConcurrency: number;
  readonly active: number;
  readonly pending: number;
  readonly activeRetries: number;
}

interface Timeouts {
  readonly routeTimeout: number;
  readonly perTry: number;
  readonly headers: Headers;
  readonly grpc: boolean;
  readonly maxGrpcTimeout: number | null;
  readonly grpcOffset: number | null;
  readonly hedging: boolean;
  readonly respectExpected: boolean;
}

/** What a route with these time limits makes of a request. */
function planOf(input: Timeouts): RequestPlan {
  const ms = (value: number | null) => (value === null ? undefined : `${value / 1000}s`);
  const action = {
    cluster: "c",
    timeout: ms(input.routeTimeout),
    max_grpc_timeout: ms(input.maxGrpcTimeout),
    grpc_timeout_offset: ms(input.grpcOffset),
    hedge_policy: { hedge_on_per_try_timeout: input.hedging },
    retry_policy: { per_try_timeout: ms(input.perTry) },
  };
  const config = {
    virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: action }] }],
  };
  const [route] = compileRouteTable(messageOf(JSON.parse(JSON.stringify(config)))).routes;
  const policy = readRetryPolicy(route!.retryPolicy!, headerTest);
  const options = { ...DEFAULT_ROUTER_OPTIONS, respectsExpectedTimeout: input.respectExpected };
  const grpc: Headers = input.grpc ? [["content-type", "application/grpc"]] : [];
  const policies = {
    timeouts: policy,
    retries: policy,
    options,
    maxStreamDuration: Number.POSITIVE_INFINITY,
  };
  const plans = new RoutePlans(route!, policies);
  return plans.planFor(headOf({ headers: [...grpc, ...input.headers] }));
}

class ScriptedBreaker implements RetryBreaker {
  isFree = true;

  canCreate(): boolean {
    return this.isFree;
  }

  increment(): void {}

  decrement(): void {}
}

function makeBreakers(thresholds: JsonObject) {
  return makeCircuitBreakers(
    readCircuitBreakers(messageOf({ thresholds: [thresholds] })),
    new Stats(),
    "cluster.c.",
    { now: 0 },
  ).default;
}
