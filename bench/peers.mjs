import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Product } from "./product.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * The engines that are compared. `prepare` builds or installs what is needed and returns why that failed, or
 * undefined; `run` returns the result of one workload as the peer printed it.
 */
export function peersIn(cache, productCommand) {
  mkdirSync(cache, { recursive: true });
  const binary = join(cache, "cpp-pq");
  const python = join(cache, "simpy", "bin", "python");
  return {
    "cpp-pq": {
      prepare: () => buildCpp(binary),
      run: (run) => printedBy(binary, argumentsOf(run)),
    },
    kernel: {
      prepare: () => requireBuild(),
      run: (run) => printedBy(process.execPath, [join(here, "kernel.mjs"), ...argumentsOf(run)]),
    },
    simpy: {
      prepare: () => installSimpy(join(cache, "simpy"), python),
      run: (run) => printedBy(python, [join(here, "peers/simpy/bench.py"), ...argumentsOf(run)]),
    },
    product: new Product(productCommand),
    everything: new Product(productCommand, "w3/everything.yaml"),
  };
}

function argumentsOf({ workload, size, seed, pending }) {
  return [workload, size, seed, pending].map(String);
}

/** The last line of a command's output, as JSON. */
function printedBy(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error ?? stderr.trim()}`);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function buildCpp(binary) {
  const sources = ["main.cpp", "workloads.hpp", "engine.hpp"].map((name) => join(here, "peers/cpp", name));
  const isFresh =
    existsSync(binary) && sources.every((source) => statSync(source).mtimeMs < statSync(binary).mtimeMs);
  return isFresh ? undefined : failureOf("g++", ["-O2", "-std=c++17", "-o", binary, sources[0]]);
}

function installSimpy(folder, python) {
  if (spawnSync(python, ["-c", "import simpy"]).status === 0) return undefined;
  return (
    failureOf("python3", ["-m", "venv", folder]) ??
    failureOf(python, ["-m", "pip", "install", "--quiet", "simpy==4.1.2"])
  );
}

function requireBuild() {
  return existsSync(join(here, "../dist/kernel/simulator.js")) ? undefined : "dist is missing: npm run build";
}

function failureOf(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) return `${command}: ${error.code === "ENOENT" ? "not found" : error.message}`;
  return status === 0 ? undefined : `${command} failed: ${(stderr || stdout).trim().split("\n").at(-1)}`;
}
