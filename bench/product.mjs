import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const W3 = "w3/w3.yaml";
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
/** The scenarios' arrival rate. */
const REQUESTS_PER_SECOND = 5847;

/**
 * The whole product on W3, or on another scenario with its traffic, as a user starts it. Its cost is what the second half of a run (by default the
 * second million requests) adds to the CPU time of the process, so that starting and compiling, which every
 * run pays once, are left out.
 */
export class Product {
  constructor(command = `'${process.execPath}' '${main}'`, scenario = W3) {
    this.command = command;
    this.scenario = fileURLToPath(new URL(scenario, import.meta.url));
  }

  prepare() {
    const { status, error, stderr } = this.shell("", ["--version"]);
    if (error !== undefined) return "bash, which measures the CPU time of a process, was not found";
    return status === 0 ? undefined : `it does not start: ${stderr.trim().split("\n").at(-1)}`;
  }

  run({ size, seed }) {
    const seconds = Math.round(size / REQUESTS_PER_SECOND);
    const half = this.simulate(seconds, seed);
    const full = this.simulate(2 * seconds, seed);
    const { requests, latency_ms: latency } = full.client;
    return {
      customers: requests - half.client.requests,
      cpu_s: full.cpu - half.cpu,
      mean_sojourn: latency.mean,
      p50: latency.p50,
      p99: latency.p99,
      // What mean and quantiles rest on, and by which share a quantile may be too high.
      sampleSize: requests,
      resolution: 0.001,
    };
  }

  simulate(seconds, seed) {
    const options = ["--json", "--quiet", "--duration", `${seconds}s`, "--seed", String(seed)];
    const { status, stdout, stderr, error } = this.shell("TIMEFORMAT='%3U %3S'; time", [
      "run",
      this.scenario,
      ...options,
    ]);
    // 1 says that an expectation failed; the comparison with the reference is what counts here.
    if (status !== 0 && status !== 1) throw new Error(`the product failed: ${error ?? stderr.trim()}`);
    const [user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
    return { client: JSON.parse(stdout).clients.web, cpu: user + system };
  }

  /** Runs the product with some arguments behind a prefix of the shell. */
  shell(prefix, args) {
    const script = `${prefix} ${this.command} "$@"`;
    return spawnSync("bash", ["-c", script, "bash", ...args], { encoding: "utf8", maxBuffer: 2 ** 27 });
  }
}
