import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { messageType } from "../../src/config/descriptors.ts";
import { loadBalancingPolicies } from "../../src/proxy/load-balancing/registry.ts";
import { comparisonPolicyRows, envoyPolicyRows } from "../../src/report/policies.ts";
import { scenarioJsonSchema } from "../../src/scenario/schema/scenario-schema.ts";
import { drawPageChart, folder, pageCharts } from "./policy-charts.ts";
import { pageOf, withPolicyTables } from "./policy-tables.ts";

/* `npm run docs:load-balancing` makes what these tests find to be out of date. */

const read = (name: string) => readFileSync(join(folder, name), "utf8");
const pages = [...envoyPolicyRows, ...comparisonPolicyRows].map(pageOf);

/** The first column of the table of knobs. */
function knobsOf(page: string): string[] {
  const [, knobs = ""] = /\n## Knobs\n([\s\S]*?)\n## /.exec(read(`${page}.md`)) ?? [];
  return [...knobs.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!);
}

/** What a scenario may say about each policy that Envoy does not have, as its JSON Schema has it. */
function scenarioOptions(): Map<string, readonly string[]> {
  type Schema = { readonly properties: Readonly<Record<string, Schema>>; readonly anyOf?: readonly Schema[] };
  const proxies = (scenarioJsonSchema() as unknown as Schema).properties.proxies as unknown as {
    readonly additionalProperties: Schema;
  };
  const policies = proxies.additionalProperties.properties.policies as unknown as {
    readonly additionalProperties: Schema;
  };
  const mapping = policies.additionalProperties.anyOf!.find(({ properties }) => properties !== undefined)!;
  return new Map(
    Object.entries(mapping.properties).map(([name, { properties }]) => [name, Object.keys(properties)]),
  );
}

describe("the pages about load balancing", () => {
  test("are those of the registry, with a chart each", () => {
    const found = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
    expect(found.sort()).toEqual(pages.map((page) => `${page}.md`).sort());
    expect(Object.keys(pageCharts).sort()).toEqual([...pages].sort());
  });

  test("have the registry's tables in their README", () => {
    expect(withPolicyTables(read("README.md"))).toBe(read("README.md"));
  });

  test.each(loadBalancingPolicies.map(({ typeName }, index) => [pages[index]!, typeName]))(
    "%s names the fields of its message",
    (page, typeName) => {
      const fields = messageType(typeName)!.fields.map(({ name }) => name);
      expect(knobsOf(page).sort()).toEqual(fields.sort());
    },
  );

  test.each(comparisonPolicyRows.map((row) => [pageOf(row), row.name]))(
    "%s names the options that a scenario may give",
    (page, name) => {
      expect(knobsOf(page).sort()).toEqual([...scenarioOptions().get(name)!].sort());
    },
  );

  test.each(pages)("%s has its parts and commands for its own scenario", (page) => {
    const text = read(`${page}.md`);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(["When it hurts", "Knobs", "See it"]);
    expect(text).toContain(`](${page}.svg)`);
    const scenario = `scenarios/${page}.yaml`;
    const commands = text.match(/^npx meshsim .*$/gm) ?? [];
    expect(commands.map((command) => command.includes(`docs/load-balancing/${scenario}`))).toEqual([
      true,
      true,
    ]);
    for (const [, variant] of text.matchAll(/--variant (\S+)/g))
      expect(read(scenario)).toMatch(new RegExp(`^ {2}"?${variant}"?:`, "m"));
  });

  test("have scenarios and configurations that fit on a screen", () => {
    for (const name of readdirSync(join(folder, "scenarios")))
      expect(read(`scenarios/${name}`).split("\n").length, name).toBeLessThanOrEqual(61);
  });

  test.each(pages)("%s shows the chart that its scenario makes", async (page) => {
    // Not toBe: the difference of two drawings is no help, and long.
    expect((await drawPageChart(page)) === read(`${page}.svg`)).toBe(true);
  });
});
