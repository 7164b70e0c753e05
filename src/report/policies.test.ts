import { expect, test } from "vitest";
import { comparisonPolicies, loadBalancingPolicies } from "../proxy/load-balancing/registry.ts";
import { formatPolicies } from "./policies.ts";
import { plainStyle } from "./style.ts";

test("the list of policies has all of the registry, with what they say of themselves", () => {
  const text = formatPolicies(plainStyle);
  for (const { name, about, legacy } of loadBalancingPolicies.map((one) => ({ legacy: undefined, ...one }))) {
    expect(text).toContain(`  ${name.slice(name.lastIndexOf(".") + 1)}  `.trimEnd());
    expect(text.replace(/\s+/g, " ")).toContain(about.summary);
    if (legacy !== undefined) expect(text).toContain(` ${legacy.lbPolicy}\n`);
  }
  for (const { name, about } of comparisonPolicies) {
    expect(text).toContain(`  ${name}\n`);
    expect(text.replace(/\s+/g, " ")).toContain(about.summary);
  }
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(102);
});
