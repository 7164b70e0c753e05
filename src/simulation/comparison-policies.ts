import { didYouMean } from "../decode/nearest.ts";
import type { ClusterConfig } from "../proxy/cluster-config.ts";
import { comparisonPolicies } from "../proxy/load-balancing/registry.ts";
import type { ProxyConfig } from "../proxy/proxy-config.ts";
import type { PolicySpec, ProxySpec } from "../scenario/scenario.ts";
import type { PlanReport } from "./plan-report.ts";

/** A proxy's configuration with the policies that its scenario names in place of those that it asks for. */
export function withComparisonPolicies(
  config: ProxyConfig,
  { name, policies }: ProxySpec,
  report: PlanReport,
): ProxyConfig {
  if (policies.length === 0) return config;
  const names = config.clusters.map((cluster) => cluster.name);
  for (const { cluster } of policies) {
    if (names.includes(cluster)) continue;
    const message = `proxy "${name}" has no cluster "${cluster}"${didYouMean(cluster, names)}`;
    const remedy = names.length === 0 ? "it has none" : `it has: ${names.join(", ")}`;
    report(["proxies", name, "policies", cluster], "dangling-name", message, remedy);
  }
  return { ...config, clusters: config.clusters.map((cluster) => replaced(cluster, policies)) };
}

function replaced(cluster: ClusterConfig, policies: readonly PolicySpec[]): ClusterConfig {
  const wanted = policies.find((spec) => spec.cluster === cluster.name);
  if (wanted === undefined) return cluster;
  const policy = comparisonPolicies.find(({ name }) => name === wanted.policy)!;
  return { ...cluster, makeLoadBalancer: policy.configure(wanted.options), notices: [] };
}
