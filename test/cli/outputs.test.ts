import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workplace } from "../support/command-line.ts";

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

const files = [
  "hosts.csv",
  "latency-quantiles.svg",
  "outcomes.svg",
  "report.html",
  "requests-by-host.svg",
  "retries-and-ejections.svg",
  "series.csv",
  "summary.json",
];
const escape = String.fromCharCode(27);

function list(folder: string): string[] {
  return readdirSync(join(place.path, folder)).sort();
}

describe("the files of a run", () => {
  test("are in reports/runs/NAME, those of a variant beneath", () => {
    place.meshsim(["run", "small.yaml"]);
    expect(list("reports/runs/small")).toEqual(files);
    place.meshsim(["run", "small.yaml", "--variant", "heavy", "--quiet"]);
    expect(list("reports/runs/small/heavy")).toEqual(files);
    expect(JSON.parse(place.read("reports/runs/small/heavy/summary.json")).variant).toBe("heavy");
  });

  test("are where --out says, in a folder each for several scenarios", () => {
    place.meshsim(["run", "small.yaml", "--out", "one"]);
    expect(list("one")).toEqual(files);
    place.meshsim(["run", "small.yaml", "failing.yaml", "--out", "both"]);
    expect([list("both"), list("both/small"), list("both/failing")]).toEqual([
      ["failing", "small"],
      files,
      files,
    ]);
    expect(existsSync(join(place.path, "reports"))).toBe(false);
  });

  test("are not written with --json alone, nor for wrong input", () => {
    place.meshsim(["run", "small.yaml", "--json"]);
    place.meshsim(["run", "wrong.yaml"]);
    expect(existsSync(join(place.path, "reports"))).toBe(false);
  });

  test("have the same bytes every time, whatever else is put out", () => {
    place.meshsim(["run", "small.yaml", "--out", "a"]);
    place.meshsim(["run", "small.yaml", "--out", "b", "--access-log", "--json"]);
    for (const file of files.filter((name) => name !== "report.html")) {
      expect(place.read(`a/${file}`), file).toBe(place.read(`b/${file}`));
    }
  });
});

describe("standard output", () => {
  test("has one JSON document with --json, the same as summary.json", () => {
    const { stdout, stderr } = place.meshsim(["run", "small.yaml", "--json", "--out", "out"]);
    expect(stdout).toBe(place.read("out/summary.json"));
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, scenario: "small", seed: "7", variant: null });
    expect(stderr).toBe("");
  });

  test("has the document also with --quiet, which drops the summary", () => {
    const { stdout } = place.meshsim(["run", "small.yaml", "--json", "--quiet"]);
    expect(JSON.parse(stdout).scenario).toBe("small");
    expect(place.meshsim(["run", "small.yaml", "--quiet"]).stdout).toBe("");
  });

  test("follows --seed, --set, --duration and --windows", () => {
    const run = (...words: string[]) =>
      JSON.parse(place.meshsim(["run", "small.yaml", "--json", ...words]).stdout);
    const base = run();
    expect(run("--seed", "8")).toMatchObject({ seed: "8" });
    expect(run("--seed", "8").digest).not.toBe(base.digest);
    expect(run("--seed", "7").digest).toBe(base.digest);
    expect(run("--duration", "1s").duration_s).toBe(1);
    expect(run("--set", "clients.web.arrivals.poisson=1000/s").clients.web.requests).toBeGreaterThan(1500);
    const { windows } = run("--windows", "0s-500ms,500ms-2s");
    expect(windows.map(({ from, to }: { from: string; to: string }) => [from, to])).toEqual([
      ["0s", "500ms"],
      ["500ms", "2s"],
    ]);
    const [first, second] = windows;
    expect(first.clients.web.requests + second.clients.web.requests).toBe(base.clients.web.requests);
  });

  test("has colour only where it is wanted", () => {
    const run = (words: string[], environment = {}) =>
      place.meshsim(["run", "small.yaml", ...words], environment).stdout;
    const plain = run([]);
    expect(plain).not.toContain(escape);
    expect(plain).toMatch(/^✔ PASS 1 of 1 {2}small\n/);
    expect(run(["--color"])).toContain(escape);
    expect(run([], { FORCE_COLOR: "1" })).toContain(escape);
    expect(run([], { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(plain);
    expect(run(["--no-color"], { FORCE_COLOR: "1" })).toBe(plain);
  });

  test("has a summary of at most 40 lines and 100 columns", () => {
    const lines = place.meshsim(["run", "small.yaml"]).stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("names the command that repeats the run", () => {
    const words = [
      "run",
      "small.yaml",
      "--variant",
      "heavy",
      "--seed",
      "it's",
      "--set",
      "clients.web.timeout=1s",
    ];
    const { stdout } = place.meshsim(words);
    const line = stdout.split("\n").find((text) => text.startsWith("repeat"))!;
    const command = line.replace(/^repeat +meshsim/, "$MESHSIM");
    const digest = (folder: string) => JSON.parse(place.read(`${folder}/summary.json`)).digest;
    place.shell(`${command} --out again`);
    expect(digest("again")).toBe(digest("reports/runs/small/heavy"));
  });
});

describe("the access log", () => {
  test("has a line in Envoy's default format for every request at the proxy", () => {
    const { stdout } = place.meshsim(["run", "small.yaml", "--json", "--access-log", "--out", "out"]);
    const lines = place.read("out/access.log").trimEnd().split("\n");
    expect(lines).toHaveLength(JSON.parse(stdout).clients.web.requests);
    const format =
      /^\[1970-01-01T00:00:0\d\.\d{3}Z\] "GET \/cart HTTP\/1\.1" \d+ (-|[A-Z,]+) \d+ \d+ \d+ (-|\d+) "-" "-" "[^"]+" "shop\.example" "(-|10\.0\.0\.[1-5]:8080)"$/;
    for (const line of lines) expect(line).toMatch(format);
  });
});

describe("check", () => {
  test("prints problems as JSON with the keys of the contract", () => {
    const { stdout } = place.meshsim(["check", "wrong.yaml", "--format", "json"]);
    const [first] = JSON.parse(stdout);
    expect(Object.keys(first)).toEqual([
      "file",
      "line",
      "column",
      "code",
      "severity",
      "path",
      "message",
      "remedy",
    ]);
    expect(first).toMatchObject({ file: "wrong.yaml", line: 9, column: 5, severity: "error" });
  });

  test("finds nothing wrong with a good scenario and a good configuration", () => {
    const { code, stdout } = place.meshsim(["check", "small.yaml", "edge.envoy.yaml", "--format", "json"]);
    expect(code).toBe(0);
    const errors = JSON.parse(stdout).filter(({ severity }: { severity: string }) => severity === "error");
    expect(errors).toEqual([]);
  });
});

describe("settings of the command line", () => {
  test("each show their own text where they are wrong", () => {
    const given = ["--set", "clients.web.timeout=3 x", "--set", "clients.web.timeot=3s", "--duration", "5"];
    const { code, stderr } = place.meshsim(["run", "small.yaml", ...given]);
    expect(code).toBe(2);
    const excerpts = stderr.split("\n").filter((line) => line.startsWith("   1 | "));
    expect(excerpts).toEqual(
      expect.arrayContaining([
        "   1 | clients.web.timeout=3 x",
        "   1 | clients.web.timeot=3s",
        "   1 | duration=5",
      ]),
    );
  });

  test("vary each path and each value once, and never the seed", () => {
    const compare = (...vary: string[]) =>
      place.meshsim(["compare", "small.yaml", ...vary.flatMap((each) => ["--vary", each])]);
    expect(compare("duration=1s", "duration=2s").stderr).toContain("is given twice");
    expect(compare("duration=1s,1s").stderr).toContain("the value 1s is given twice");
    expect(compare("seed=1,2")).toMatchObject({ code: 2, stdout: "" });
    expect(compare("[", "a..b").stderr).toContain("   1 | a..b");
  });
});
