// Runs every shipped scenario, base and variants, through the command line under other JavaScript engines and compares
// digests, and the bytes of JSON, CSV and access logs, with those of the Node that runs this script.
//
//   node scripts/determinism-bun.mjs [--nodes] [--allow-skip] [SCENARIO.yaml ...]
//
// The engine is bun; with --nodes, other versions of Node, for which SVG and HTML are compared, too. An engine comes by
// npm into the temporary directory at its first use. Exit codes: 0 all is equal, 1 something differs, 5 an engine
// cannot be had (0 with --allow-skip).
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parse } from "yaml";

const BUN = "1.4.5";
const NODES = ["22.23.3", "24.9.0", "26.9.0"];
const NO_ENGINE = 5;

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "dist/cli/main.js");

/** npm packages that hold nothing but the engine for this platform; no install script has to run. */
function bunEngine(version) {
  const { platform, arch } = process;
  const cpu = arch === "arm64" ? "aarch64" : arch;
  const system = platform === "win32" ? "windows" : platform;
  return {
    name: `bun ${version}`,
    package: `@oven/bun-${system}-${cpu}`,
    version,
    program: "bin/bun",
    sameCharts: false,
  };
}

function nodeEngine(version) {
  const system = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${system}-${process.arch}`;
  return { name: `node ${version}`, package: name, version, program: "bin/node", sameCharts: true };
}

/** The path of an engine's program; undefined when it cannot be had. */
function install({ package: name, version, program }) {
  const folder = join(tmpdir(), "meshsim-engines", `${name.replace("/", "-")}-${version}`);
  const path = join(folder, "node_modules", name, process.platform === "win32" ? `${program}.exe` : program);
  if (!existsSync(path)) {
    const options = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const { status, stderr } = spawnSync(
      npm,
      ["install", "--prefix", folder, ...options, `${name}@${version}`],
      {
        encoding: "utf8",
      },
    );
    if (status !== 0) process.stderr.write(stderr ?? "");
  }
  if (!existsSync(path)) return undefined;
  return spawnSync(path, ["--version"]).status === 0 ? path : undefined;
}

/** What one run leaves: contents by name of output, and its exit code. */
function outputs(program, scenario, variant, withCharts) {
  const folder = mkdtempSync(join(tmpdir(), "meshsim-outputs-"));
  try {
    const chosen = variant === null ? [] : ["--variant", variant];
    const options = ["--json", "--quiet", "--access-log", "--out", folder, ...chosen];
    const { status, stdout, stderr } = spawnSync(program, [cli, "run", scenario, ...options], { cwd: root });
    if (status !== 0 && status !== 1)
      throw new Error(`${program} ${scenario}: exit code ${status}\n${stderr}`);
    const files = readdirSync(folder).filter((name) => withCharts || !/\.(svg|html)$/.test(name));
    const contents = files.sort().map((name) => [name, readFileSync(join(folder, name))]);
    return new Map([["exit code", Buffer.from(String(status))], ["standard output", stdout], ...contents]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function differences(expected, found) {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].filter((name) => !(found.has(name) && expected.get(name)?.equals(found.get(name))));
}

function compare(engine, program, scenarios) {
  let differing = 0;
  for (const scenario of scenarios) {
    const variants = [null, ...Object.keys(parse(readFileSync(scenario, "utf8")).variants ?? {})];
    for (const variant of variants) {
      const expected = outputs(process.execPath, scenario, variant, engine.sameCharts);
      const different = differences(expected, outputs(program, scenario, variant, engine.sameCharts));
      const title = `${basename(scenario, ".yaml")}${variant === null ? "" : `/${variant}`}`;
      const { digest } = JSON.parse(expected.get("standard output"));
      const verdict =
        different.length === 0 ? `${expected.size} outputs equal` : `DIFFERENT: ${different.join(", ")}`;
      console.log(`${engine.name}  ${title.padEnd(42)}  ${digest.slice(0, 19)}  ${verdict}`);
      differing += different.length;
    }
  }
  return differing;
}

const { values, positionals } = parseArgs({
  options: { nodes: { type: "boolean" }, "allow-skip": { type: "boolean" } },
  allowPositionals: true,
});
if (!existsSync(cli)) execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: "inherit" });
const shipped = readdirSync(join(root, "scenarios")).filter((name) => name.endsWith(".yaml"));
const scenarios = positionals.length > 0 ? positionals : shipped.map((name) => join(root, "scenarios", name));
const engines = values.nodes ? NODES.map(nodeEngine) : [bunEngine(BUN)];

console.log(`compared with node ${process.versions.node}`);
let differing = 0;
let missing = 0;
for (const engine of engines) {
  const program = install(engine);
  if (program === undefined) {
    console.log(`${engine.name}  cannot be had`);
    missing++;
  } else {
    differing += compare(engine, program, scenarios);
  }
}
process.exitCode = differing > 0 ? 1 : missing > 0 && !values["allow-skip"] ? NO_ENGINE : 0;
