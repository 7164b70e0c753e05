import { describe, expect, test } from "vitest";
import type { Json } from "../decode/message.ts";
import { Problems } from "../decode/problem.ts";
import { applySettings } from "./apply-settings.ts";
import { read, shown, withRoutes } from "./test-kit.suite.ts";

const base = read(
  withRoutes("routes:", "- { name: cart, match: { prefix: / }, route: { cluster: checkout } }"),
).config;

function apply(path: string, value: Json): { json: Json; problems: string[] } {
  const problems = new Problems();
  const location = { file: "s.yaml", line: 3, column: 10, length: path.length };
  const valueLocation = { file: "s.yaml", line: 3, column: 80, length: 4 };
  const config = applySettings(base, [{ path, value, location, valueLocation }], problems);
  return { json: config.snapshot!.bootstrap, problems: problems.sorted().map(shown) };
}

function cluster(json: Json): unknown {
  return (json as { static_resources: { clusters: unknown[] } }).static_resources.clusters[0];
}

describe("what is set", () => {
  test("a field by the name of the element, in the canonical form", () => {
    const { json, problems } = apply("clusters[checkout].lb_policy", "maglev");
    expect(problems).toEqual([]);
    expect(cluster(json)).toEqual({ name: "checkout", connect_timeout: "1s", lb_policy: "MAGLEV" });
  });

  test("missing messages are created, and the base stays as it was", () => {
    const before = JSON.stringify(base.snapshot);
    const { json, problems } = apply("clusters[checkout].circuit_breakers.thresholds[0].max_retries", 7);
    expect(problems).toEqual([]);
    expect(cluster(json)).toMatchObject({ circuit_breakers: { thresholds: [{ max_retries: 7 }] } });
    expect(JSON.stringify(base.snapshot)).toBe(before);
  });

  test("null removes, and so does the default of a field that knows no absence", () => {
    expect(cluster(apply("clusters[checkout].connect_timeout", null).json)).toEqual({ name: "checkout" });
    expect(cluster(apply("clusters[checkout].lb_policy", "ROUND_ROBIN").json)).toEqual({
      name: "checkout",
      connect_timeout: "1s",
    });
  });

  test("through an extension's configuration, and a wrapped 0 stays", () => {
    const { json, problems } = apply("routes[cart].route.retry_policy.num_retries", 0);
    expect(problems).toEqual([]);
    expect(JSON.stringify(json)).toContain('"retry_policy":{"num_retries":0}');
  });

  test("inside free-form data anything goes", () => {
    const { json, problems } = apply("clusters[checkout].metadata.filter_metadata.lb.stage", "canary");
    expect(problems).toEqual([]);
    expect(cluster(json)).toMatchObject({ metadata: { filter_metadata: { lb: { stage: "canary" } } } });
  });
});

describe("what is wrong is told where the setting stands", () => {
  const cases: [path: string, value: Json, message: string][] = [
    [
      "clusters[checkout].lb_polic",
      "MAGLEV",
      '3:29: error: unknown-field: "lb_polic" is not a field of Cluster; did you mean "lb_policy"?',
    ],
    [
      "clusters[checkout].lb_policy",
      "MAGLEVV",
      '3:80: error: bad-enum: lb_policy has no value "MAGLEVV"; did you mean "MAGLEV"?',
    ],
    [
      "clusters[checkout].outlier_detection.enforcing_consecutive_5xx",
      150,
      "3:80: error: out-of-range: enforcing_consecutive_5xx must be at most 100, not 150",
    ],
    [
      "routes[cart].route.cluster",
      "nope",
      '3:80: error: unknown-cluster: there is no cluster "nope"; add it to static_resources.clusters; there are checkout',
    ],
    [
      "clusters[checkout].name",
      5,
      '3:80: error: wrong-type: name must be a text, not the number 5; put it in quotes: "5"',
    ],
  ];
  for (const [path, value, message] of cases) {
    test(`${path} = ${JSON.stringify(value)}`, () => expect(apply(path, value).problems).toEqual([message]));
  }

  test("a path without a match", () => {
    const [problem] = apply("clusters[chekout].lb_policy", "MAGLEV").problems;
    expect(problem).toMatch(/^3:10: error: no-match: .*did you mean "checkout"/);
  });

  test("what a setting breaks elsewhere is told there", () => {
    const { problems } = apply("clusters[checkout]", null);
    expect(problems).toEqual([
      '19:71: error: unknown-cluster: there is no cluster "checkout"; add it to static_resources.clusters',
    ]);
  });
});
