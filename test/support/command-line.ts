import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The built program, which users run. */
export const programPath = join(root, "dist/cli/main.js");
export const packageVersion: string = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a scenario of a few seconds of virtual time, in which the command line runs. */
export class Workplace {
  readonly path = mkdtempSync(join(tmpdir(), "meshsim-test-"));

  constructor() {
    cpSync(join(root, "scenarios/slow-hosts/edge.envoy.yaml"), join(this.path, "edge.envoy.yaml"));
    this.write("small.yaml", scenarioText("web.success_rate > 50%"));
    this.write(
      "failing.yaml",
      scenarioText("web.success_rate < 50%").replace("name: small", "name: failing"),
    );
    this.write("wrong.yaml", scenarioText("web.success_rate > 50%").replace("workers:", "wokers:"));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }

  /** Runs `meshsim` with these words and waits for its end. */
  meshsim(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Ended {
    return this.spawn(process.execPath, [programPath, ...words], environment);
  }

  /** Runs a line of bash in which `$MESHSIM` is the program. */
  shell(line: string): Ended {
    const MESHSIM = `${process.execPath} ${programPath}`;
    return this.spawn("bash", ["-c", line], { MESHSIM });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private spawn(command: string, words: readonly string[], added: Readonly<Record<string, string>>): Ended {
    return spawnIn(this.path, command, words, added);
  }
}

/** Runs `meshsim` with these words in a folder and waits for its end. */
export function runProgram(words: readonly string[], folder: string): Ended {
  return spawnIn(folder, process.execPath, [programPath, ...words], {});
}

function spawnIn(
  folder: string,
  command: string,
  words: readonly string[],
  added: Readonly<Record<string, string>>,
): Ended {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const environment = { ...inherited, ...added };
  const options = { cwd: folder, env: environment, encoding: "utf8", maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(command, words, options);
  return { code: status, stdout, stderr };
}

function scenarioText(expected: string): string {
  return `name: small
seed: 7
duration: 2s
proxies:
  edge: { config: edge.envoy.yaml, address: 10.1.0.1 }
services:
  checkout:
    cluster: checkout
    workers: 8
    time: { lognormal: { median: 8ms, p99: 60ms } }
    errors: { 503: 1% }
clients:
  web:
    to: edge
    arrivals: { poisson: 200/s }
    request: { method: GET, authority: shop.example, path: /cart }
faults:
- { name: slow, at: 1s, for: 500ms, service: checkout, hosts: 2, slow: 10 }
expect:
- ${expected}
variants:
  heavy: { set: { "clients.web.arrivals.poisson": 400/s } }
`;
}
