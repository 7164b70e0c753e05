import { expect, it } from "vitest";
import { headOf } from "../../../test/support/heads.ts";
import { type JsonObject, Message, ReadLog } from "../../decode/message.ts";
import { MILLISECOND } from "../../kernel/time.ts";
import { withRetryHeaders } from "./request-headers.ts";
import { wantsRetryForHeaders } from "./retry-decision.ts";
import { RetryOn } from "./retry-on.ts";
import { DEFAULT_RETRY_POLICY, type HeaderTest, readRetryPolicy } from "./retry-policy.ts";

function read(json: JsonObject) {
  const log = new ReadLog();
  return { policy: readRetryPolicy(new Message(json, "", log), headerTest), log };
}

/** Stands for a compiled header matcher: asks for presence. */
function headerTest(matcher: Message): HeaderTest {
  return { name: matcher.string("name"), fits: (values) => values.length > 0 };
}

function head(headers: Readonly<Record<string, string>>) {
  return headOf({ headers: Object.entries(headers) });
}

it("has Envoy's defaults", () => {
  expect(read({}).policy).toEqual(DEFAULT_RETRY_POLICY);
  expect(DEFAULT_RETRY_POLICY).toMatchObject({
    retryOn: 0,
    numRetries: 1,
    baseIntervalMs: 25,
    maxIntervalMs: 250,
  });
});

it("reads conditions of both lists in one field and ignores unknown ones", () => {
  const { policy } = read({ retry_on: "5xx, unavailable,nonsense", num_retries: 0 });
  expect(policy.retryOn).toBe(RetryOn.fiveXx | RetryOn.grpcUnavailable);
  expect(policy.numRetries).toBe(0);
});

it("has back-off intervals of whole milliseconds, at least one, the largest ten times the first", () => {
  const backOff = (retry_back_off: JsonObject) => {
    const { baseIntervalMs, maxIntervalMs } = read({ retry_back_off }).policy;
    return [baseIntervalMs, maxIntervalMs];
  };
  expect(backOff({ base_interval: "0.1009s" })).toEqual([100, 1000]);
  expect(backOff({ base_interval: "0.000001s", max_interval: "0.000002s" })).toEqual([1, 1]);
  expect(backOff({ base_interval: "0.1s", max_interval: "1.2s" })).toEqual([100, 1200]);
});

it("cuts the per-try timeout to whole milliseconds", () => {
  expect(read({ per_try_timeout: "0.2509s" }).policy.perTryTimeout).toBe(250 * MILLISECOND);
  expect(read({ per_try_timeout: "0.0009s" }).policy.perTryTimeout).toBe(0);
});

it("knows its host predicates by their types, and leaves others unread", () => {
  const predicate = (name: string, type: string): JsonObject => ({
    name,
    typed_config: { "@type": `type.googleapis.com/envoy.extensions.retry.host.${type}` },
  });
  const previous = predicate("any-name", "previous_hosts.v3.PreviousHostsPredicate");
  const canary = predicate("previous_hosts", "omit_canary_hosts.v3.OmitCanaryHostsPredicate");
  const unknown = predicate("previous_hosts", "unknown.v3.Unknown");
  const all = read({
    retry_host_predicate: [unknown, canary, previous],
    host_selection_retry_max_attempts: "5",
  });
  expect(all.policy.hostPredicates).toHaveLength(2);
  expect(all.policy.hostSelectionRetryMaxAttempts).toBe(5);
  expect(all.log.has(previous, "typed_config")).toBe(true);
  expect(all.log.has(canary, "typed_config")).toBe(true);
  expect(all.log.has(unknown, "typed_config")).toBe(false);
});

it("reads after how many attempts priorities are avoided", () => {
  const type = "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig";
  const typed_config = { "@type": `type.googleapis.com/${type}`, update_frequency: 2 };
  expect(read({ retry_priority: { name: "p", typed_config } }).policy.priorityUpdateFrequency).toBe(2);
  expect(read({}).policy.priorityUpdateFrequency).toBe(0);
});

it("is the same policy for a request without retry headers", () => {
  const { policy } = read({ retry_on: "5xx" });
  expect(withRetryHeaders(policy, head({ "x-other": "5xx" }))).toBe(policy);
});

it("adds a request's conditions and replaces the number of retries", () => {
  const { policy } = read({ retry_on: "5xx", num_retries: 4 });
  const changed = withRetryHeaders(
    policy,
    head({ "x-envoy-retry-on": "reset", "x-envoy-retry-grpc-on": "internal", "x-envoy-max-retries": "2" }),
  );
  expect(changed.retryOn).toBe(RetryOn.fiveXx | RetryOn.reset | RetryOn.grpcInternal);
  expect(changed.numRetries).toBe(2);
});

it("ignores numbers that are none", () => {
  const { policy } = read({ retry_on: "5xx", num_retries: 4 });
  for (const text of ["", "-1", "2.5", "0x3", "18446744073709551616"]) {
    expect(withRetryHeaders(policy, head({ "x-envoy-max-retries": text }))).toBe(policy);
  }
});

it("retries answers with one of the retriable headers, if the condition is set", () => {
  const config = { retry_on: "retriable-headers", retriable_headers: [{ name: "x-again" }] };
  const answer = new Map([["x-again", "1"]]);
  expect(wantsRetryForHeaders(read(config).policy, 200, answer)).toBe("backoff");
  expect(wantsRetryForHeaders(read(config).policy, 200, new Map())).toBe("no");
  expect(wantsRetryForHeaders(read({ ...config, retry_on: "5xx" }).policy, 200, answer)).toBe("no");
});

it("retries only requests that have one of the retriable request headers, whatever they ask for", () => {
  const { policy } = read({ retry_on: "5xx", retriable_request_headers: [{ name: "x-safe" }] });
  expect(withRetryHeaders(policy, head({ "x-safe": "1" }))).toBe(policy);
  expect(withRetryHeaders(policy, head({ "x-envoy-retry-on": "reset" })).retryOn).toBe(0);
});

it("adds retriable headers that an internal request names", () => {
  const { policy } = read({ retry_on: "retriable-headers" });
  const { retriableHeaders } = withRetryHeaders(
    policy,
    head({ "x-envoy-retriable-header-names": "X-A, x-b" }),
  );
  expect(retriableHeaders.map(({ name }) => name)).toEqual(["x-a", "x-b"]);
});
