import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPath, Workplace } from "../support/command-line.ts";

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const few = ["--replications", "3", "--quiet"];
const compare = (...words: string[]) => place.meshsim(["compare", ...words]);

interface Interval {
  readonly mean: number;
  readonly lo: number;
  readonly hi: number;
  readonly n: number;
}

interface Document {
  readonly schema: number;
  readonly base: string;
  readonly metrics: readonly {
    readonly metric: string;
    readonly variants: Readonly<Record<string, Interval>>;
    readonly differences: readonly (Interval & { of: string; from: string; verdict: string })[];
  }[];
  readonly same_as_base: readonly string[];
  readonly expect: Readonly<Record<string, readonly { text: string; held: number; n: number }[]>>;
}

function documentOf(...words: string[]): Document {
  const { code, stdout, stderr } = compare(...words, "--json", ...few);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("meshsim compare", () => {
  test("gives intervals of variants and of their paired differences", () => {
    const { schema, base, metrics, expect: held } = documentOf("small.yaml");
    expect([schema, base]).toEqual([1, "base"]);
    const mean = metrics.find(({ metric }) => metric === "web.mean")!;
    expect(Object.keys(mean.variants)).toEqual(["base", "heavy"]);
    const [difference] = mean.differences;
    expect(difference).toMatchObject({ of: "heavy", from: "base", n: 3 });
    // The mean of differences is the difference of means, but for rounding to six digits.
    expect(difference!.mean).toBeCloseTo(mean.variants.heavy!.mean - mean.variants.base!.mean, 2);
    for (const { mean: middle, lo, hi } of [difference!, mean.variants.base!]) {
      expect(lo).toBeLessThanOrEqual(middle);
      expect(hi - middle).toBeCloseTo(middle - lo, 2);
    }
    expect(held.base).toEqual([{ text: "web.success_rate > 50%", held: 3, n: 3 }]);
  });

  test("replication 0 is what run does", () => {
    const { metrics } = JSON.parse(
      compare("small.yaml", "--json", "--replications", "2", "--metrics", "web.p99").stdout,
    ) as Document;
    const values = ["7", "7/1"].map((seed) => {
      const { stdout } = place.meshsim(["run", "small.yaml", "--json", "--seed", seed]);
      return JSON.parse(stdout).clients.web.latency_ms.p99 as number;
    });
    expect(metrics.map(({ metric }) => metric)).toEqual(["web.p99"]);
    expect(metrics[0]!.variants.base!.mean).toBeCloseTo((values[0]! + values[1]!) / 2, 2);
  });

  test("--jobs changes no byte, of the document and of the files", () => {
    const words = ["small.yaml", "--vary", "services.checkout.workers=8,1", "--replications", "4"];
    const one = compare(...words, "--jobs", "1", "--json", "--out", "one");
    const three = compare(...words, "--jobs", "3", "--json", "--out", "three");
    expect(three.stdout).toBe(one.stdout);
    const files = [
      "compare.json",
      "metrics.csv",
      "differences.csv",
      "differences.svg",
      "over-time.svg",
      "report.html",
    ];
    for (const name of files) expect(place.read(`three/${name}`)).toBe(place.read(`one/${name}`));
  });

  test("--vary makes all combinations, and says what changes nothing", () => {
    const document = documentOf(
      "small.yaml",
      "--vary",
      "services.checkout.workers=8,2",
      "--vary",
      "edge:clusters[checkout].lb_policy=LEAST_REQUEST,RANDOM",
    );
    expect(Object.keys(document.metrics[0]!.variants)).toEqual([
      "base",
      "workers=8, lb_policy=LEAST_REQUEST",
      "workers=8, lb_policy=RANDOM",
      "workers=2, lb_policy=LEAST_REQUEST",
      "workers=2, lb_policy=RANDOM",
    ]);
    expect(document.same_as_base).toEqual(["workers=8, lb_policy=LEAST_REQUEST"]);
    for (const { differences } of document.metrics) {
      if (differences[0]!.n > 0)
        expect(differences[0]).toMatchObject({ mean: 0, lo: 0, hi: 0, verdict: "same" });
    }
  });

  test("compares two scenarios, and two Envoy configurations in a scenario", () => {
    place.write("other.yaml", place.read("small.yaml").replace("poisson: 200/s", "poisson: 300/s"));
    const scenarios = documentOf("small.yaml", "other.yaml", "--metrics", "web.requests");
    expect(scenarios.metrics[0]!.variants["other.yaml"]!.mean).toBeGreaterThan(
      scenarios.metrics[0]!.variants["small.yaml"]!.mean,
    );
    place.write("random.envoy.yaml", place.read("edge.envoy.yaml").replace("LEAST_REQUEST", "RANDOM"));
    const envoys = documentOf("edge.envoy.yaml", "random.envoy.yaml", "--scenario", "small.yaml");
    expect(envoys.base).toBe("edge.envoy.yaml");
    expect(envoys.same_as_base).toEqual([]);
  });

  test("goes on until intervals are precise, or to the cap", () => {
    const words = ["small.yaml", "--json", "--metrics", "web.mean", "--replications", "2"];
    const { metrics } = JSON.parse(
      compare(...words, "--precision", "0.1%", "--max-replications", "5").stdout,
    ) as Document;
    expect(metrics[0]!.variants.base!.n).toBe(5);
    const loose = JSON.parse(compare(...words, "--precision", "100%").stdout) as Document;
    expect(loose.metrics[0]!.variants.base!.n).toBeLessThan(10);
  });

  test("tells a person what differs, the first request of another fate, and how to repeat it", () => {
    const { code, stdout } = compare("small.yaml", "--replications", "3", "--out", "told");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^small: base · heavy/);
    expect(stdout).toContain("difference from base");
    expect(stdout).toMatch(/edge, attempt 1 to 10\.0\.0\.\d:8080: answered/);
    expect(stdout).toMatch(/^heavy: .*\.$/m);
    expect(stdout).toContain("repeat  meshsim compare small.yaml --replications 3");
  });
});

describe("the exit code of compare", () => {
  const outputs = [[], ["--json"], ["--quiet"]];

  test.each(outputs)("is 1 when an expectation fails in a replication, with %s", (...output) => {
    const words = ["failing.yaml", "--replications", "2", ...output.filter(Boolean)];
    expect(compare(...words).code).toBe(1);
  });

  test.each([
    ["a wrong scenario", ["wrong.yaml"]],
    ["a missing one", ["missing.yaml"]],
    ["an unknown variant", ["small.yaml", "--variants", "light"]],
    ["one replication", ["small.yaml", "--replications", "1"]],
    ["no number of threads", ["small.yaml", "--jobs", "0"]],
    ["an unknown metric", ["small.yaml", "--metrics", "web.p98"]],
    ["a metric of nobody", ["small.yaml", "--metrics", "wep.p99"]],
    ["a variation without values", ["small.yaml", "--vary", "duration"]],
    ["a variation of nothing", ["small.yaml", "--vary", "clients.wep.timeout=1s,2s"]],
    ["a precision of nothing", ["small.yaml", "--precision", "much"]],
    ["a cap without a precision", ["small.yaml", "--max-replications", "20"]],
    ["one Envoy configuration", ["edge.envoy.yaml"]],
    ["the same file twice", ["small.yaml", "small.yaml"]],
  ])("is 2 for %s, with a word on standard error alone", (_, words) => {
    const { code, stdout, stderr } = compare(...words, "--json");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).not.toBe("");
  });

  test.each(outputs)("is 3 when meshsim itself fails, with %s", (...output) => {
    const broken = "data:text/javascript,Array.prototype.flatMap=()=>{throw new Error('broken on purpose')}";
    const { code, stdout, stderr } = place.meshsim(["compare", "small.yaml", ...output.filter(Boolean)], {
      NODE_OPTIONS: `--import "${broken}"`,
    });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("broken on purpose");
  });

  // The doubles break what a run needs, or end every thread before it has begun.
  test.each([
    ["in a job", "Float64Array.prototype.fill=()=>{throw new Error('broken in a worker')}"],
    ["before any job", "throw new Error('broken in a worker')"],
  ])("is 3 when a worker thread fails %s", (_, how) => {
    const broken = `data:text/javascript,import{isMainThread}from'node:worker_threads';if(!isMainThread){${how}}`;
    const { code, stdout, stderr } = place.meshsim(["compare", "small.yaml", "--json"], {
      NODE_OPTIONS: `--import "${broken}"`,
    });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("broken in a worker");
  });

  test("is 4 when files or standard output cannot be written", () => {
    place.write("file", "");
    const { code, stderr } = compare("small.yaml", ...few, "--out", "file/below");
    expect(code).toBe(4);
    expect(stderr).toContain("file/below");
    expect(place.shell("$MESHSIM compare small.yaml --replications 2 --json > /dev/full").code).toBe(4);
  });

  test.each([
    ["small.yaml", 0],
    ["failing.yaml", 1],
  ])("is that of the verdict, without a word, when the reader has gone: %s", (name, code) => {
    const ended = place.shell(`set -o pipefail; $MESHSIM compare ${name} --replications 2 --json | true`);
    expect(ended).toEqual({ code, stdout: "", stderr: "" });
  });

  test("is 130 after an interrupt, and what is done is told and written", async () => {
    const words = ["compare", "small.yaml", "--replications", "100000", "--out", "cut", "--json"];
    const running = spawn(process.execPath, [programPath, ...words], { cwd: place.path });
    let stdout = "";
    running.stdout.on("data", (chunk) => (stdout += chunk));
    const ended = new Promise((resolve) => running.on("close", resolve));
    // Progress is told every ten seconds, when some replications are done.
    await new Promise((resolve) => running.stderr.once("data", resolve));
    await setTimeout(100);
    running.kill("SIGINT");
    expect(await ended).toBe(130);
    const { metrics } = JSON.parse(stdout) as Document;
    expect(metrics[0]!.variants.base!.n).toBeGreaterThan(1);
    expect(existsSync(join(place.path, "cut/report.html"))).toBe(true);
  });
});
