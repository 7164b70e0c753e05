// Writes the charts of docs/load-balancing/ and the table of policies in its README.
// node scripts/docs-load-balancing.mjs [PAGE...]
// Node 20 does not read TypeScript, so its types are removed on the way in.
import { readFileSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";

register("./strip-types.mjs", import.meta.url);
const { drawPageChart, folder, pageCharts } = await import("../test/docs/policy-charts.ts");
const { withPolicyTables } = await import("../test/docs/policy-tables.ts");

const chosen = process.argv.slice(2);
for (const page of chosen.length > 0 ? chosen : Object.keys(pageCharts)) {
  writeFileSync(join(folder, `${page}.svg`), await drawPageChart(page));
  console.log(`${page}.svg`);
}
const readme = join(folder, "README.md");
writeFileSync(readme, withPolicyTables(readFileSync(readme, "utf8")));
console.log("README.md");
