// Packs recordings of the real Envoy for the test suite: node scripts/pack-recordings.mjs FOLDER [CATEGORY...]
// FOLDER holds CATEGORY/CASE/ with the inputs of `meshsim probe`, expected.jsonl and the further recordings.
// Of the recordings only what the rules in case.json look at is kept; see test/golden/README.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compress } from "./compress.mjs";

const TARGET = new URL("../test/golden/recordings/", import.meta.url).pathname;
const FURTHER = ["responses", "upstream", "mirrors", "ejections", "health"];

const [source, ...chosen] = process.argv.slice(2);
if (source === undefined) {
  console.error("usage: node scripts/pack-recordings.mjs FOLDER [CATEGORY...]");
  process.exit(2);
}
for (const category of chosen.length > 0 ? chosen : foldersIn(source)) {
  const folder = join(source, category);
  const cases = foldersIn(folder).map((name) => packCase(join(folder, name), name));
  const packed = compress(JSON.stringify(cases));
  writeFileSync(join(TARGET, `${category}.json.br`), packed);
  console.log(`${category}: ${cases.length} cases, ${packed.length} bytes`);
}

function packCase(folder, name) {
  const description = JSON.parse(read(folder, "case.json"));
  const rules = description.compare;
  const { mode, gap_ms, settle_ms, also_recorded, upstream_headers, protocol } = description;
  return {
    name,
    about: description.about,
    case: {
      mode,
      gap_ms,
      settle_ms,
      also_recorded,
      upstream_headers,
      protocol,
      compare: withoutWords(rules),
    },
    envoy: read(folder, "envoy.yaml"),
    upstreams: JSON.parse(read(folder, "upstreams.json")),
    requests: columns(rows(folder, "requests.jsonl")),
    results: columns(rows(folder, "expected.jsonl").map((row) => pick(row, comparedFields(rules)))),
    stats: pick(JSON.parse(read(folder, "stats.json")), rules.stats_exact ?? []),
    further: Object.fromEntries(
      FURTHER.filter((file) => isCompared(file, rules)).map((file) => [
        file,
        columns(rows(folder, `${file}.jsonl`)),
      ]),
    ),
  };
}

/** Rules without the sentences that explain them. */
function withoutWords({ note, recordings_compared, ...rules }) {
  return JSON.parse(
    JSON.stringify(rules, (key, value) => (key === "reason" || key === "meaning" ? undefined : value)),
  );
}

function comparedFields(rules) {
  const ruled = ["distribution", "sequence", "set_per_route", "range"].flatMap((kind) => rules[kind] ?? []);
  const counted = ruled.map(({ field }) => /^count:(\w+)=/.exec(field)?.[1] ?? field);
  return ["n", ...(rules.exact ?? []), ...counted, ...(rules.set_per_route === undefined ? [] : ["route"])];
}

function isCompared(file, rules) {
  return (
    (rules.exact ?? []).includes(file) || (rules.range ?? []).some(({ field }) => field === `${file}.at_ms`)
  );
}

/** Rows as columns, which repeat more; what a row lacks is left out when they are unpacked. */
function columns(list) {
  const names = [...new Set(list.flatMap(Object.keys))];
  return {
    rows: list.length,
    columns: Object.fromEntries(names.map((name) => [name, list.map((row) => row[name])])),
  };
}

function pick(row, names) {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}

function rows(folder, name) {
  if (!existsSync(join(folder, name))) return [];
  return read(folder, name)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function foldersIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function read(folder, name) {
  return readFileSync(join(folder, name), "utf8");
}
