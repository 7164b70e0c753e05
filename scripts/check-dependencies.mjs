// Checks the direction of imports (.dependency-cruiser.mjs) and that no values are imported in a cycle.
// node scripts/check-dependencies.mjs [ROOT]
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { cruise } from "dependency-cruiser";
import config from "../.dependency-cruiser.mjs";

const root = resolve(process.argv[2] ?? ".");
const folders = ["src", "test"].filter((folder) => existsSync(`${root}/${folder}`));

/**
 * Types are erased before it runs, so that only imports of values are left. It has a pass of its own because a
 * cruise names one cycle of each import, and a cycle through types can hide the one that matters.
 */
const valueCycles = {
  forbidden: [{ name: "no-value-cycles", severity: "error", from: {}, to: { circular: true } }],
  options: { ...config.options, tsPreCompilationDeps: false },
};

async function run({ forbidden, options }) {
  const { output } = await cruise(folders, {
    ...options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden },
  });
  return output;
}

/** With a compiler that it does not know, the cruise finds nothing and calls that a success. */
function unseen({ modules }) {
  const seen = new Set(modules.map(({ source }) => source));
  return folders
    .flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith(".ts") && !seen.has(file));
}

function describe({ rule, from, to, cycle }) {
  const route = cycle?.map(({ name }) => name).join(" > ") ?? to;
  return `${rule.name}: ${from}${route === from ? "" : ` > ${route}`}`;
}

const directions = await run(config);
const cycles = await run(valueCycles);
const missed = unseen(directions);
const lines = [
  ...[...directions.summary.violations, ...cycles.summary.violations].map(describe),
  ...missed.map((file) => `not seen by the cruise: ${file}`),
];
const { totalCruised, totalDependenciesCruised } = directions.summary;
if (totalCruised === 0) lines.push(`no modules found in ${root}`);
for (const line of lines) console.error(line);
console.log(`${totalCruised} modules, ${totalDependenciesCruised} dependencies, ${lines.length} violations`);
process.exitCode = lines.length === 0 ? 0 : 1;
