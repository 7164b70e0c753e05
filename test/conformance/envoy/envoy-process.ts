import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../case.ts";

const START_LIMIT_MS = 60_000;
const POLL_MS = 5;
/** Access and event logs reach their files this often; the default is 10 s. */
const FLUSH_MS = 20;

/** An Envoy of one worker that serves a bootstrap; its logs land in its folder. */
export class EnvoyProcess {
  private readonly child: ChildProcess;
  private readonly admin: { readonly address: string; readonly port: number };
  private output = "";
  private hasEnded = false;

  /** `admin` as in the bootstrap. */
  private constructor(command: string, folder: string, admin: EnvoyProcess["admin"]) {
    this.admin = admin;
    const options = [
      "-c",
      "envoy.json",
      "--concurrency",
      "1",
      "--use-dynamic-base-id",
      "--log-level",
      "warning",
    ];
    const flush = ["--file-flush-interval-msec", String(FLUSH_MS), "--drain-time-s", "1"];
    this.child = spawn(command, [...options, ...flush], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    this.child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.output = (this.output + text).slice(-4000);
    });
    const end = () => this.child.kill("SIGKILL");
    process.once("exit", end);
    this.child.on("exit", () => {
      process.off("exit", end);
      this.hasEnded = true;
    });
    this.child.on("error", (error) => {
      this.output += error.message;
      this.hasEnded = true;
    });
  }

  /** Resolves when all listeners are open. Throws an Error with Envoy's own words where it refuses to start. */
  static async start(command: string, folder: string, bootstrap: Json, admin: EnvoyProcess["admin"]) {
    writeFileSync(join(folder, "envoy.json"), JSON.stringify(bootstrap));
    const envoy = new EnvoyProcess(command, folder, admin);
    const limit = Date.now() + START_LIMIT_MS;
    while (!(await envoy.isReady())) {
      if (envoy.hasEnded || Date.now() > limit) {
        await envoy.stop();
        throw new Error(`Envoy did not start: ${envoy.output.trim()}`);
      }
      await sleep(POLL_MS);
    }
    return envoy;
  }

  /** Counters and gauges that are not zero and whose name matches. */
  async stats(filter: string): Promise<Record<string, number>> {
    const path = `/stats?usedonly&filter=${encodeURIComponent(filter)}`;
    const stats: Record<string, number> = {};
    for (const line of (await this.ask(path)).split("\n")) {
      const [, name = "", value = ""] = /^(\S+): (\d+)$/.exec(line) ?? [];
      if (Number(value) !== 0) stats[name] = Number(value);
    }
    return stats;
  }

  /** Ends the process that this object has started. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill("SIGKILL");
    await new Promise((resolve) => this.child.once("exit", resolve));
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await this.ask("/ready")).trim() === "LIVE";
    } catch {
      return false;
    }
  }

  private ask(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ host: this.admin.address, port: this.admin.port, path, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve(text));
      }).on("error", reject);
    });
  }
}
