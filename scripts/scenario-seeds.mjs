// Runs every shipped scenario with all its variants under many seeds and prints how much room the expectations
// have: the least and the greatest value of each. Exits with 1 if one fails under any seed.
// node scripts/scenario-seeds.mjs [SEEDS] [NAME...], after npm run build
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { judge, loadScenario, simulate } from "../dist/index.js";

const folder = fileURLToPath(new URL("../scenarios/", import.meta.url));
const files = {
  read: (path) => readFileSync(path, "utf8"),
  beside: (path, name) => join(dirname(path), name),
};
const [seeds = "20", ...chosen] = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length))
  .filter((name) => chosen.length === 0 || chosen.includes(name));

/** Verdicts over all seeds, by variant and text. */
function verdictsOf(name) {
  const byText = new Map();
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const { loaded, problems } = loadScenario(`${folder}${name}.yaml`, files, { seed: String(seed) });
    if (loaded === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
    for (const { variant, expectations } of loaded.variants) {
      for (const verdict of judge(simulate(loaded, { variant }), expectations)) {
        const key = `${variant ?? "(base)"}: ${verdict.text}`;
        byText.set(key, [...(byText.get(key) ?? []), verdict]);
      }
    }
  }
  return byText;
}

function line(text, verdicts) {
  const values = verdicts.map(({ actual }) => actual ?? Number.NaN);
  const failures = verdicts.filter(({ pass }) => !pass).length;
  const [least, greatest] = [Math.min(...values), Math.max(...values)].map((value) => value.toPrecision(5));
  return `  ${failures === 0 ? "ok    " : `FAILS ${failures} times`} ${text}   ${least} to ${greatest}`;
}

let hasFailed = false;
for (const name of names) {
  console.log(`${name}, seeds 1 to ${seeds}`);
  for (const [text, verdicts] of verdictsOf(name)) {
    hasFailed ||= verdicts.some(({ pass }) => !pass);
    console.log(line(text, verdicts));
  }
}
process.exit(hasFailed ? 1 : 0);
