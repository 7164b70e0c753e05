// Packs live worlds for the test suite: node scripts/pack-live-worlds.mjs FOLDER
// FOLDER holds WORLD/ with scenario.yaml, the bootstraps that it names and observed.json. Of what was observed only the
// acceptance bands are kept; see test/live/README.md.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compress } from "./compress.mjs";

const TARGET = new URL("../test/live/worlds.json.br", import.meta.url).pathname;

const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error("usage: node scripts/pack-live-worlds.mjs FOLDER");
  process.exit(2);
}
const worlds = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => packWorld(join(source, name), name))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const packed = compress(JSON.stringify(worlds));
writeFileSync(TARGET, packed);
console.log(`${worlds.length} worlds, ${packed.length} bytes`);

function packWorld(folder, name) {
  const { phenomenon, expect } = JSON.parse(readFileSync(join(folder, "observed.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  return {
    name,
    phenomenon,
    files: Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")])),
    bands: Object.entries(expect).map(([key, { min, max }]) => [key, min, max]),
  };
}
