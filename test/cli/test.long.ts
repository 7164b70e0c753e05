import { spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { programPath, Workplace } from "../support/command-line.ts";

let place: Workplace;
const places: Workplace[] = [];
beforeEach(() => {
  place = new Workplace();
  places.push(place);
  mkdirSync(join(place.path, "suite/deep"), { recursive: true });
  cpSync(join(place.path, "edge.envoy.yaml"), join(place.path, "suite/edge.envoy.yaml"));
  place.write("suite/small.yaml", place.read("small.yaml"));
  const deeper = place.read("small.yaml").replace("name: small", "name: deeper");
  place.write("suite/deep/deeper.yaml", deeper.replace("edge.envoy.yaml", "../edge.envoy.yaml"));
});
afterAll(() => {
  for (const each of places) each.remove();
});

const run = (...words: string[]) => place.meshsim(["test", ...words]);

interface Document {
  readonly schema: number;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly not_run: number;
  readonly cases: readonly {
    readonly file: string;
    readonly variant: string | null;
    readonly state: string;
    readonly digest: string | null;
    readonly expect: readonly { text: string; pass: boolean; held: number; n: number; failure: unknown }[];
    readonly golden: { readonly state: string; readonly lines: readonly string[] };
  }[];
}

function documentOf(...words: string[]): Document {
  const { stdout, stderr } = run(...words, "--reporter", "json", "--quiet");
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** Makes requests slow and, with a breaker, fail: figures and fates differ. */
function change(file = "suite/small.yaml"): void {
  place.write(file, place.read(file).replace("slow: 10", "errors: { 503: 100% }"));
}

describe("meshsim test", () => {
  test("runs all scenarios below a folder with their variants, and leaves Envoy's files alone", () => {
    const { code, stdout } = run("suite", "--quiet", "--reporter", "json");
    const { schema, total, cases } = JSON.parse(stdout) as Document;
    expect([code, schema, total]).toEqual([0, 1, 4]);
    expect(cases.map(({ file, variant, state }) => [file, variant, state])).toEqual([
      ["suite/deep/deeper.yaml", null, "passed"],
      ["suite/deep/deeper.yaml", "heavy", "unjudged"],
      ["suite/small.yaml", null, "passed"],
      ["suite/small.yaml", "heavy", "unjudged"],
    ]);
    const { digest } = JSON.parse(place.meshsim(["run", "small.yaml", "--json"]).stdout);
    expect(cases[2]!.digest).toBe(digest);
  });

  test("gives one line for each scenario, and of a failure its reason, by how much, when and where to look", () => {
    place.write(
      "failing.yaml",
      place.read("failing.yaml").replace("web.success_rate < 50%", "web.p99 < 50ms"),
    );
    const { code, stdout } = run("small.yaml", "failing.yaml", "--no-color");
    expect(code).toBe(1);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^small\.yaml {4}✔\? {2}1 expectation · no golden$/);
    expect(lines[1]).toMatch(/^failing\.yaml {2}✘\?/);
    expect(stdout).toMatch(/\nfailing\n {2}✘ web\.p99 < 50ms {3}\d+ ms\n/);
    expect(stdout).toMatch(/off by \d\S* ms; worst at 1(\.\d+)? to 1\.\d+ s, during slow \(p99 \d+ ms\)\n/);
    expect(stdout).toContain("failing.yaml:20\n");
    expect(stdout).toContain("look  meshsim run failing.yaml\n");
    expect(stdout).toMatch(
      /\n1 failed, 1 passed, 2 not judged · 2 expectations, 1 failed · 0 goldens · meshsim /,
    );
  });

  test("--seeds runs each with seeds of its own and says how often an expectation held", () => {
    place.write("small.yaml", place.read("small.yaml").replace("web.success_rate > 50%", "web.max < 300ms"));
    const { cases } = documentOf("small.yaml", "--seeds", "3");
    const [expectation] = cases[0]!.expect;
    const held = ["7", "7/1", "7/2"].filter(
      (seed) => place.meshsim(["run", "small.yaml", "--seed", seed, "--quiet", "--json"]).code === 0,
    );
    expect(expectation).toMatchObject({ held: held.length, n: 3, pass: held.length === 3 });
  });

  test("--jobs changes no byte, --bail stops at the same place", () => {
    place.write("suite/zz.yaml", place.read("suite/small.yaml").replace("> 50%", "< 50%"));
    place.write("suite/deep/deeper.yaml", place.read("suite/deep/deeper.yaml").replace("> 50%", "< 50%"));
    const words = ["suite", "--reporter", "json", "--quiet"];
    expect(run(...words, "--jobs", "3").stdout).toBe(run(...words, "--jobs", "1").stdout);
    const cut = [run(...words, "--bail", "--jobs", "1"), run(...words, "--bail", "--jobs", "3")];
    expect(cut[1]).toEqual(cut[0]);
    const { cases, failed, not_run } = JSON.parse(cut[0]!.stdout) as Document;
    expect(cases.map(({ state }) => state)).toEqual(["failed", ...Array(5).fill("not-run")]);
    expect([failed, not_run]).toEqual([1, 5]);
  });

  test("shards are the parts of the whole, and merging them gives its very report", () => {
    run("suite", "--update", "--quiet");
    change();
    const whole = documentOf("suite");
    const parts = ["1/3", "2/3", "3/3"].map((shard, index) => {
      const file = `shard-${index}.json`;
      const { code, stdout } = run("suite", "--shard", shard, "--reporter", "json", "--outfile", file);
      expect(stdout).toBe("");
      expect(code).toBe((JSON.parse(place.read(file)) as Document).failed > 0 ? 1 : 0);
      return file;
    });
    const merged = run("--merge", ...parts.reverse(), "--reporter", "json");
    expect(merged.code).toBe(1);
    expect(JSON.parse(merged.stdout)).toEqual(whole);
  });
});

describe("golden summaries", () => {
  test("are written by --update, hold afterwards, and are written again only when something differs", () => {
    expect(run("suite", "--update", "--no-color").stdout).toContain("golden written");
    const text = place.read("suite/small.golden.json");
    expect(documentOf("suite").cases.map(({ golden }) => golden.state)).toEqual(Array(4).fill("same"));
    expect(documentOf("suite", "--update").cases.map(({ golden }) => golden.state)).toEqual(
      Array(4).fill("same"),
    );
    expect(place.read("suite/small.golden.json")).toBe(text);
    change();
    const { cases } = documentOf("suite", "--update");
    expect(cases.map(({ golden }) => golden.state)).toEqual(["same", "same", "written", "written"]);
    expect(run("suite", "--quiet").code).toBe(0);
  });

  test("tell which figures differ and how the first differing request fares now", () => {
    run("suite/small.yaml", "--update", "--quiet");
    change();
    const { code, stdout } = run("suite/small.yaml", "--no-color");
    expect(code).toBe(1);
    expect(stdout).toMatch(/golden: web\.success_rate 100% → \d\d\.\d+%; .*; \d+ more figures/);
    const [, ordinal, at, fate] = /first differing request web#(\d+), wanted at (\S+) s: (.*)\n/.exec(
      stdout,
    )!;
    // The fault begins at one second.
    expect(Number(at)).toBeGreaterThan(0.9);
    expect(Number(ordinal)).toBeGreaterThan(100);
    expect(fate).toMatch(/^200.* → .*(503|attempts)/);
    expect(stdout).toMatch(/edge, attempt 1 to 10\.0\.0\.\d:8080: answered 503 after/);
  });

  test("tell when requests went otherwise where none has another fate", () => {
    const text = place.read("small.yaml").replace("errors: { 503: 1% }", "body: 1KiB");
    const slow = "{ name: slow, at: 1s, for: 500ms, service: checkout, hosts: 2, slow: 10 }";
    const faster = "{ name: slow, at: 1s, for: 500ms, service: checkout, hosts: 2, slow: 0.5 }";
    place.write("small.yaml", text.replace(slow, faster));
    run("small.yaml", "--update", "--quiet");
    place.write("small.yaml", text.replace(slow, faster.replace("0.5", "0.6")));
    const { lines } = documentOf("small.yaml").cases[0]!.golden;
    // The fault begins in the 30th of 60 parts of two seconds; a request of the part before may be under way then.
    expect(lines[1]).toMatch(
      /^every request has its status, flags and attempts as before; .* wanted at (0\.9\d+|1\.0\d*|1) to/,
    );
  });

  test("differ where a variant is new or has gone, and where the seed is another", () => {
    run("small.yaml", "--update", "--quiet");
    const text = place.read("small.yaml");
    place.write("small.yaml", text.replace("  heavy:", "  other:"));
    const { cases } = documentOf("small.yaml");
    expect(cases.map(({ golden }) => golden.lines)).toEqual([
      ["it has heavy, which the scenario has not; --update removes it"],
      ["it knows no such variant; --update adds it"],
    ]);
    place.write("small.yaml", text.replace("seed: 7", "seed: 8"));
    expect(documentOf("small.yaml").cases[0]!.golden.lines).toEqual(["it is of seed 7, the scenario has 8"]);
    expect(documentOf("small.yaml", "--seed", "7").cases[0]!.golden.state).toBe("unchecked");
  });
});

describe("the reporters of test", () => {
  test("go to files of their own, and the step's summary to where GitHub wants it", () => {
    place.write("summary.md", "# before\n");
    const words = ["test", "failing.yaml", "--reporter", "default,junit", "--reporter", "github,json"];
    const files = ["--outfile", "junit=out/junit.xml", "--outfile", "json=out/test.json"];
    const environment = {
      GITHUB_STEP_SUMMARY: join(place.path, "summary.md"),
      GITHUB_WORKSPACE: join(place.path, ".."),
    };
    const { code, stdout } = place.meshsim([...words, ...files], environment);
    expect(code).toBe(1);
    const folder = place.path.split("/").at(-1);
    expect(stdout).toMatch(/^failing\.yaml {2}✘\?/);
    expect(stdout).toMatch(
      new RegExp(
        `\\n::error file=${folder}/failing\\.yaml,line=20,title=failing::web\\.success_rate < 50%25 .*%0A.*`,
      ),
    );
    expect(place.read("out/junit.xml")).toMatch(
      /<testsuite name="failing.yaml" tests="2" failures="1" errors="0" skipped="1">/,
    );
    expect((JSON.parse(place.read("out/test.json")) as Document).failed).toBe(1);
    expect(place.read("summary.md")).toMatch(/^# before\n## meshsim\n/);
  });
});

/** Wraps a module of the program so that this function of it throws. */
function withBroken(module: string, name: string): Record<string, string> {
  const hook = `export async function load(url, context, next) {
    const loaded = await next(url, context);
    if (!url.endsWith(${JSON.stringify(module)})) return loaded;
    const source = String(loaded.source).replace(/(export function ${name}\\([^)]*\\) \\{)/, "$1 throw new Error('broken on purpose');");
    return { ...loaded, source };
  }`;
  const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const double = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(hook))});`;
  return { NODE_OPTIONS: `--import "${dataUrl(double)}"` };
}

/** In worker threads, where modules cannot be wrapped on Node 20, what everything uses throws instead. */
const brokenWorker = {
  NODE_OPTIONS: `--import "data:text/javascript,import{isMainThread}from'node:worker_threads';if(!isMainThread)Array.prototype.flatMap=()=>{throw new Error('broken on purpose')}"`,
};

const outputs = [["default"], ["junit"], ["github"], ["json"]];

describe.each(outputs)("the exit code of test with --reporter %s", (reporter) => {
  const words = ["--reporter", reporter];

  test("is 0 when all is as expected", () => {
    const { code, stdout } = run("small.yaml", "--quiet", ...words);
    expect([code, stdout === ""]).toEqual([0, reporter === "default"]);
  });

  test("is 1 when an expectation fails", () => {
    expect(run("failing.yaml", ...words).code).toBe(1);
  });

  test("is 1 when a golden summary differs", () => {
    run("small.yaml", "--update", "--quiet");
    change("small.yaml");
    expect(run("small.yaml", ...words).code).toBe(1);
  });

  test("is 2 for a wrong scenario, whose problems go to standard error alone", () => {
    const { code, stdout, stderr } = run("small.yaml", "wrong.yaml", ...words);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^wrong\.yaml:9:5: error: .*"wokers"/m);
  });

  test.each([
    ["in the main thread", withBroken("/experiment/load-scenario.js", "loadScenario")],
    ["in a worker", brokenWorker],
  ])("is 3 when meshsim itself fails %s", (_, environment) => {
    const { code, stdout, stderr } = place.meshsim(["test", "small.yaml", ...words], environment);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("fault of meshsim, not of your input: broken on purpose");
  });

  test("is 4 when output cannot be written", () => {
    place.write("file", "");
    const { code, stderr } = run("small.yaml", "--quiet", ...words, "--outfile", "file/below");
    expect([code, stderr.includes("file/below")]).toEqual([4, true]);
    expect(place.shell(`$MESHSIM test small.yaml --reporter ${reporter} > /dev/full`).code).toBe(4);
  });

  test("is that of the verdict, without a word, when the reader has gone", () => {
    const ended = place.shell(`set -o pipefail; $MESHSIM test failing.yaml --reporter ${reporter} | true`);
    expect(ended).toEqual({ code: 1, stdout: "", stderr: "" });
  });
});

describe("the exit code of test", () => {
  test.each([
    ["no path", []],
    ["a missing path", ["missing.yaml"]],
    ["a folder without a scenario", ["empty"]],
    ["an unknown reporter", ["small.yaml", "--reporter", "tap"]],
    ["two documents on standard output", ["small.yaml", "--reporter", "json,junit"]],
    ["a document beside the summary", ["small.yaml", "--reporter", "default,json"]],
    ["a file of an unknown reporter", ["small.yaml", "--reporter", "json", "--outfile", "junit=x.xml"]],
    ["a file of nobody in particular", ["small.yaml", "--reporter", "json,junit", "--outfile", "x.xml"]],
    ["two files of one reporter", ["small.yaml", "--reporter", "json", "--outfile", "a", "--outfile", "b"]],
    ["no shard", ["small.yaml", "--shard", "2"]],
    ["a shard too many", ["small.yaml", "--shard", "4/3"]],
    ["no number of seeds", ["small.yaml", "--seeds", "0"]],
    ["no number of threads", ["small.yaml", "--jobs", "0"]],
    ["updating a shard", ["small.yaml", "--update", "--shard", "1/2"]],
    ["updating with another seed", ["small.yaml", "--update", "--seed", "1"]],
    ["merging with a seed", ["a.json", "--merge", "--seed", "1"]],
    ["merging what is no report", ["small.yaml", "--merge"]],
    ["merging a report twice", ["whole.json", "whole.json", "--merge"]],
    ["merging without one of the shards", ["part.json", "--merge"]],
    ["a golden summary that is none", ["bad.yaml"]],
  ])("is 2 for %s, with a word on standard error alone", (_, words) => {
    mkdirSync(join(place.path, "empty"));
    place.write("bad.yaml", place.read("small.yaml"));
    place.write("bad.golden.json", "{}");
    if (words.includes("whole.json")) run("small.yaml", "--reporter", "json", "--outfile", "whole.json");
    if (words.includes("part.json"))
      run("small.yaml", "--shard", "1/2", "--reporter", "json", "--outfile", "part.json");
    const { code, stdout, stderr } = run(...words);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).not.toBe("");
  });

  test("is 130 after an interrupt, and every reporter has what is done", async () => {
    place.write("long.yaml", place.read("small.yaml").replace("duration: 2s", "duration: 100h"));
    const names = outputs.flat();
    const files = names.flatMap((name) => ["--outfile", `${name}=out/${name}`]);
    const all = ["test", "failing.yaml", "long.yaml", "--jobs", "1", "--reporter", names.join(","), ...files];
    const running = spawn(process.execPath, [programPath, ...all], { cwd: place.path });
    const ended = new Promise((resolve) => running.on("close", resolve));
    // Progress is told after ten seconds, when the short ones are done.
    await new Promise((resolve) => running.stderr.once("data", resolve));
    running.kill("SIGINT");
    expect(await ended).toBe(130);
    for (const name of names) expect(place.read(`out/${name}`)).toMatch(/web\.success_rate (<|&lt;) 50%/);
    const { failed, not_run } = JSON.parse(place.read("out/json")) as Document;
    expect([failed, not_run]).toEqual([1, 2]);
  });

  test("is 4 when a golden summary or the step's summary cannot be written", () => {
    mkdirSync(join(place.path, "none"));
    const environment = { GITHUB_STEP_SUMMARY: join(place.path, "none") };
    expect(place.meshsim(["test", "small.yaml", "--reporter", "github"], environment).code).toBe(4);
    mkdirSync(join(place.path, "small.golden.json"));
    expect(run("small.yaml", "--update").code).toBe(4);
  });
});
