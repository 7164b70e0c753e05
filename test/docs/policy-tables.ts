import { comparisonPolicyRows, envoyPolicyRows, type PolicyRow } from "../../src/report/policies.ts";

/** The page of a policy in docs/load-balancing, without its suffix. */
export function pageOf({ name }: PolicyRow): string {
  return name.replaceAll("_", "-");
}

const tables: Readonly<Record<string, () => string>> = {
  envoy: () =>
    table(
      ["policy", "older way", "how it chooses", "looks at", "draws a pick"],
      envoyPolicyRows.map((row) => [link(row), legacyOf(row), ...described(row)]),
    ),
  comparison: () =>
    table(
      ["policy", "how it chooses", "looks at", "draws a pick"],
      comparisonPolicyRows.map((row) => [link(row), ...described(row)]),
    ),
};

/** A text with the tables of policies between their marks replaced by those of the registry. */
export function withPolicyTables(text: string): string {
  return Object.entries(tables).reduce((changed, [name, make]) => {
    const [from, to] = [`<!-- table: ${name} -->\n`, `<!-- end -->`];
    const start = changed.indexOf(from);
    const end = changed.indexOf(to, start);
    if (start < 0 || end < 0) throw new Error(`no marks for the table "${name}"`);
    return changed.slice(0, start) + from + make() + changed.slice(end);
  }, text);
}

function link(row: PolicyRow): string {
  return `[\`${row.name}\`](${pageOf(row)}.md)`;
}

function legacyOf({ legacy, about }: PolicyRow): string {
  if (legacy === null) return "";
  return about.legacyField === undefined ? `\`lb_policy: ${legacy}\`` : `\`${legacy}\``;
}

function described({ about }: PolicyRow): string[] {
  return [about.summary, about.looksAt.join(", "), about.draws];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
