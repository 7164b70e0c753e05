import type { PolicyDescription } from "../proxy/load-balancing/policy.ts";
import { comparisonPolicies, loadBalancingPolicies } from "../proxy/load-balancing/registry.ts";
import { aligned, WIDTH, wrapped } from "./explain-layout.ts";
import type { Style } from "./style.ts";

/** One policy as listings show it. */
export interface PolicyRow {
  /** The last part of its name, such as `round_robin`. */
  readonly name: string;
  /** The old configuration that asks for it: a value of `lb_policy`, or a field of the cluster; null: there is none. */
  readonly legacy: string | null;
  readonly about: PolicyDescription;
}

/** Envoy's policies in the order of the table. */
export const envoyPolicyRows: readonly PolicyRow[] = loadBalancingPolicies.map(({ name, legacy, about }) => ({
  name: name.slice(name.lastIndexOf(".") + 1),
  legacy: legacy?.lbPolicy ?? about.legacyField ?? null,
  about,
}));

/** Those to compare with. */
export const comparisonPolicyRows: readonly PolicyRow[] = comparisonPolicies.map(({ name, about }) => ({
  name,
  legacy: null,
  about,
}));

/** What `meshsim policies` prints. */
export function formatPolicies({ bold, dim }: Style): string {
  return [
    bold("Envoy's, chosen in its configuration"),
    ...section(envoyPolicyRows),
    dim(
      "  Left: envoy.load_balancing_policies.NAME in a cluster's load_balancing_policy. Right: the older way,",
    ),
    dim("  a value of the cluster's lb_policy, or a field of its own."),
    "",
    bold("To compare with, named in a scenario under proxies.PROXY.policies"),
    ...section(comparisonPolicyRows),
    "",
    "Knobs, charts and when each hurts: docs/load-balancing/",
    "",
  ].join("\n");
}

/** Name, old name and summary of each, the summary below where it does not fit beside. */
function section(rows: readonly PolicyRow[]): string[] {
  const heads = aligned(rows.map(({ name, legacy }) => [`  ${name}`, legacy ?? ""]));
  return rows.flatMap(({ about }, index) => [
    heads[index]!,
    ...wrapped(about.summary, WIDTH - 6).map((line) => `      ${line}`),
  ]);
}
