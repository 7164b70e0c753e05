import { expect, test } from "vitest";
import { problemsOf, withRoutes } from "../test-kit.suite.ts";

const TYPE = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
const BUCKET = "token_bucket: { max_tokens: 3, fill_interval: 1s }";
const ACTIONS = "actions: [ { generic_key: { descriptor_value: v } } ]";

/** The text of a bootstrap with this filter, and these settings for a route. */
function bootstrap(filter: string, route?: string): string {
  const config = (settings: string) => `{ "@type": ${TYPE}, stat_prefix: limit, ${settings} }`;
  const own = route === undefined ? "" : `, typed_per_filter_config: { limit: ${config(route)} }`;
  return withRoutes(`routes: [ { match: { prefix: / }, route: { cluster: checkout }${own} } ]`).replace(
    /( +)- name: router\n/,
    (line, indent) => `${indent}- { name: limit, typed_config: ${config(filter)} }\n${line}`,
  );
}

const errors = (...args: Parameters<typeof bootstrap>) =>
  problemsOf(bootstrap(...args)).filter((line) => line.includes(" error: "));
const descriptor = (bucket: string) =>
  `descriptors: [ { entries: [ { key: k } ], token_bucket: ${bucket} } ]`;

// What the real server says of each of these.
test.each([
  ["a route without a bucket", BUCKET, "stage: 0", "needs a token_bucket"],
  [
    "a stage in the filter's own rate limits",
    `${BUCKET}, rate_limits: [ { ${ACTIONS}, stage: 0 } ]`,
    undefined,
    "stage is not possible",
  ],
  [
    "a key that switches one off",
    `${BUCKET}, rate_limits: [ { ${ACTIONS}, disable_key: x } ]`,
    undefined,
    "disable_key is not",
  ],
  [
    "a limit of its own",
    `${BUCKET}, rate_limits: [ { ${ACTIONS}, limit: { rate_limit: { requests_per_unit: 1, unit: SECOND } } } ]`,
    undefined,
    "limit is not possible",
  ],
  [
    "hits without a number",
    `${BUCKET}, rate_limits: [ { ${ACTIONS}, hits_addend: {} } ]`,
    undefined,
    "either number or format",
  ],
  [
    "a descriptor that fills too fast",
    `${BUCKET}, ${descriptor("{ max_tokens: 1, fill_interval: 0.02s }")}`,
    undefined,
    "at least 0.05s",
  ],
  [
    "a local cluster that nobody has named",
    `${BUCKET}, local_cluster_rate_limit: {}`,
    undefined,
    "cluster of this proxy",
  ],
])("refuses %s", (_what, filter, route, message) => {
  expect(errors(filter, route)).toEqual([expect.stringContaining(message)]);
});

test.each([
  ["a filter without a bucket", "stage: 0", BUCKET],
  [
    "a descriptor that never has a token, however fast it fills",
    `${BUCKET}, ${descriptor("{ max_tokens: 0, fill_interval: 0.02s }")}`,
    undefined,
  ],
  ["hits by number", `${BUCKET}, rate_limits: [ { ${ACTIONS}, hits_addend: { number: 2 } } ]`, undefined],
])("takes %s", (_what, filter, route) => {
  expect(errors(filter, route)).toEqual([]);
});
