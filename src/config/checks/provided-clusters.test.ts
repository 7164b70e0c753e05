import { expect, test } from "vitest";
import { Problems } from "../../decode/problem.ts";
import { SourceFile } from "../../decode/source-file.ts";
import { readBootstrap } from "../bootstrap.ts";

function errorsOf(cluster: object): string[] {
  const problems = new Problems();
  const text = JSON.stringify({ static_resources: { clusters: [{ name: "c", ...cluster }] } }, null, 1);
  readBootstrap(new SourceFile("edge.json", text), problems);
  return problems.sorted().flatMap(({ severity, message }) => (severity === "error" ? [message] : []));
}

const PROVIDED = { lb_policy: "CLUSTER_PROVIDED" };
const forward = (options: object) => ({
  cluster_type: {
    name: "envoy.clusters.dynamic_forward_proxy",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig",
      ...options,
    },
  },
});
const drop = (numerator: number) => ({
  load_assignment: {
    cluster_name: "c",
    policy: { drop_overloads: [{ category: "a", drop_percentage: { numerator } }] },
  },
});
const subset = (options: object) => ({
  load_balancing_policy: {
    policies: [
      {
        typed_extension_config: {
          name: "s",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.load_balancing_policies.subset.v3.Subset",
            subset_selectors: [{ keys: ["a"] }],
            ...options,
          },
        },
      },
    ],
  },
});

/** The real Envoy 1.40.0 refuses every one of these, and takes its counterpart. */
test.each([
  [{ ...PROVIDED, type: "ORIGINAL_DST", load_assignment: { cluster_name: "c" } }, "lists no endpoints"],
  [
    { ...PROVIDED, type: "ORIGINAL_DST", original_dst_lb_config: { http_header_name: "x" } },
    "use_http_header",
  ],
  [forward({ dns_cache_config: { name: "n" } }), "needs lb_policy: CLUSTER_PROVIDED"],
  [{ ...PROVIDED, ...forward({ sub_clusters_config: PROVIDED }) }, "sub-clusters cannot"],
  [drop(101), "101 of 100"],
  [subset({}), "a subset policy needs a policy"],
])("refuses %j", (cluster, message) => {
  expect(errorsOf(cluster).join("\n")).toContain(message);
});

test.each([
  [{ ...PROVIDED, type: "ORIGINAL_DST" }],
  [
    {
      ...PROVIDED,
      type: "ORIGINAL_DST",
      original_dst_lb_config: { use_http_header: true, http_header_name: "x" },
    },
  ],
  [{ ...PROVIDED, ...forward({ dns_cache_config: { name: "n" } }) }],
  [drop(100)],
])("takes %j", (cluster) => {
  expect(errorsOf(cluster)).toEqual([]);
});

test("a policy of the contrib build is refused, as the standard build of Envoy 1.40 refuses it", () => {
  const typed_config = {
    "@type": "type.googleapis.com/envoy.extensions.load_balancing_policies.peak_ewma.v3alpha.PeakEwma",
  };
  const policies = [{ typed_extension_config: { name: "p", typed_config } }];
  expect(errorsOf({ load_balancing_policy: { policies } })).toEqual([
    "none of the policies is a load balancing policy of Envoy",
    "PeakEwma is a policy of Envoy's contrib build; the standard build refuses it",
  ]);
});
