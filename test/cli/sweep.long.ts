import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPath, Workplace } from "../support/command-line.ts";

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  const [before = "", after = ""] = place.read("small.yaml").split(/faults:\n.*\n/);
  const outage = "faults:\n- { name: outage, at: 1200ms, for: 300ms, service: checkout, down: true }\n";
  place.write("fault.yaml", `${before.replace("name: small", "name: fault")}${outage}${after}`);
  place.write("calm.yaml", before + after);
});
afterAll(() => place.remove());

const workers = ["--vary", "services.checkout.workers=1..3"];
const few = ["--replications", "2"];

interface Point {
  readonly settings: Readonly<Record<string, string>>;
  readonly n: number;
  readonly metrics: Readonly<
    Record<string, { mean: number; lo: number | null; hi: number | null; n: number }>
  >;
  readonly recovery?: { fate: string; time_s: number | null; n: number; never: number; before: number };
}

function sweep(...words: string[]): { points: Point[]; complete: boolean; schema: number } {
  const { code, stdout, stderr } = place.meshsim(["sweep", ...words, "--json", "--quiet"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("meshsim sweep", () => {
  test("makes every point of a grid, and replication 0 of a point is what run does", () => {
    const { points, schema } = sweep(
      "small.yaml",
      "--vary",
      "clients.web.arrivals.poisson=100/s..200/s:100/s",
      "--vary",
      "edge:clusters[checkout].lb_policy=RANDOM,ROUND_ROBIN",
      "--replications",
      "1",
      "--metrics",
      "web.p99",
    );
    expect(schema).toBe(1);
    expect(points.map(({ settings }) => Object.values(settings))).toEqual([
      ["100/s", "RANDOM"],
      ["100/s", "ROUND_ROBIN"],
      ["200/s", "RANDOM"],
      ["200/s", "ROUND_ROBIN"],
    ]);
    const set = Object.entries(points[3]!.settings).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
    const { stdout } = place.meshsim(["run", "small.yaml", "--json", ...set]);
    expect(points[3]!.metrics["web.p99"]).toEqual({
      mean: JSON.parse(stdout).clients.web.latency_ms.p99,
      lo: null,
      hi: null,
      n: 1,
    });
  });

  test("--jobs changes no byte, of the document and of the files", () => {
    const words = ["sweep", "fault.yaml", "--map", ...workers, ...few, "--window", "100ms", "--json"];
    const one = place.meshsim([...words, "--jobs", "1", "--out", "one"]);
    const three = place.meshsim([...words, "--jobs", "3", "--out", "three"]);
    expect(one.code).toBe(0);
    expect(three.stdout).toBe(one.stdout);
    for (const name of ["sweep.json", "sweep.csv", "map.csv", "map.svg", "sweep.svg", "report.html"]) {
      expect(place.read(`three/${name}`)).toBe(place.read(`one/${name}`));
    }
  });

  test("a map tells worlds that recover from those that do not", () => {
    const { points } = sweep(
      "fault.yaml",
      "--map",
      "--vary",
      "faults[outage].for=100ms,300ms",
      "--window",
      "100ms",
      "--set",
      "services.checkout.errors=null",
      ...few,
    );
    for (const { recovery } of points) expect(recovery).toMatchObject({ fate: "recovers", n: 2, never: 0 });
    // Five hosts with a worker each can do some 400 of these requests a second.
    const lost = sweep(
      "fault.yaml",
      "--map",
      "--vary",
      "services.checkout.workers=1,8",
      "--window",
      "100ms",
      "--set",
      "clients.web.timeout=200ms",
      "--set",
      "clients.web.arrivals.poisson=700/s",
      "--set",
      "faults[outage].for=600ms",
      "--duration",
      "4s",
      "--threshold",
      "99.9%",
      ...few,
    );
    expect(lost.points[0]!.recovery!.fate).not.toBe("recovers");
  });

  test("tells a person where metrics are least and greatest, and how to repeat it", () => {
    const { code, stdout } = place.meshsim(["sweep", "small.yaml", ...workers, ...few, "--out", "told"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^small: services\.checkout\.workers/);
    expect(stdout).toMatch(/^web\.p99: from .* \(workers=\d\) to .* \(workers=\d\)\.$/m);
    expect(stdout).toContain(
      "repeat  meshsim sweep small.yaml --replications 2 --vary services.checkout.workers=1..3",
    );
  });
});

describe("meshsim tune", () => {
  const tune = (...words: string[]) => place.meshsim(["tune", ...words, "--json", "--quiet", ...few]);

  test("finds the cheapest point that satisfies all expectations, and says what others miss", () => {
    // Every worker answers at most so many; with retries off, each 503 is a failure.
    const { code, stdout } = tune(
      "small.yaml",
      "--set",
      "services.checkout.errors={503: 20%}",
      "--set",
      "expect=[web.success_rate >= 90%]",
      "--vary",
      "edge:routes[cart].route.retry_policy.num_retries=1..3",
      "--vary",
      "edge:clusters[checkout].circuit_breakers.thresholds=[{max_retries: 0}],[{max_retries: 1000}]",
    );
    expect(code).toBe(0);
    const { best, tried, points } = JSON.parse(stdout);
    expect([points, tried.length]).toEqual([6, 6]);
    expect(Object.values(best.settings)[0]).toBe("1");
    expect(best.misses).toEqual([]);
    const without = tried.filter(({ misses }: { misses: unknown[] }) => misses.length > 0);
    expect(without).toHaveLength(3);
    for (const { misses } of without) {
      expect(misses[0]).toMatchObject({ scenario: "small", text: "web.success_rate >= 90%", held: 0 });
      // One of five fails.
      expect(misses[0].by).toBeGreaterThan(0.02);
    }
  });

  test.each(["grid", "descent"])("--jobs changes no byte of a search by %s over two scenarios", (search) => {
    const words = ["tune", "small.yaml", "fault.yaml", "--search", search, ...workers, ...few, "--json"];
    const one = place.meshsim([...words, "--jobs", "1"]);
    expect(place.meshsim([...words, "--jobs", "3"])).toEqual({ ...one });
    expect(one.code).toBe(0);
  });

  test("ejected capacity is host-seconds, and nothing without ejections", () => {
    const { stdout } = tune("small.yaml", "--cost", "ejected", ...workers);
    expect(JSON.parse(stdout).best.cost.mean).toBe(0);
  });
});

describe("the exit code of sweep and tune", () => {
  const outputs = [[], ["--json"], ["--quiet"]];

  test.each(outputs)("is 1 when no settings satisfy all expectations, with %s", (...output) => {
    const words = ["tune", "failing.yaml", ...workers, ...few, ...output.filter(Boolean)];
    expect(place.meshsim(words).code).toBe(1);
    expect(place.meshsim(["sweep", ...words.slice(1)]).code).toBe(0);
  });

  test.each([
    ["nothing varied", [], "--vary"],
    ["a path of nothing", ["--vary", "clients.wep.timeout=1s,2s"], "clients.wep.timeout=1s"],
    ["a wrong value", ["--vary", "services.checkout.workers=1,0.5"], "services.checkout.workers=0.5"],
    ["a backward range", ["--vary", "services.checkout.workers=9..1"], "9..1"],
    ["mixed units", ["--vary", "duration=1s..9/s:1s"], "1s..9/s:1s"],
    ["a value given twice", ["--vary", "duration=1s,1s"], "twice"],
    ["a path given twice", ["--vary", "duration=1s,2s", "--vary", "duration=3s,4s"], "twice"],
    [
      "too many points",
      ["--vary", "services.checkout.workers=1..999:1", "--vary", "duration=1s..3s:1s"],
      "2997",
    ],
    ["an unknown variant", [...workers, "--variant", "none"], "none"],
    ["no replications", [...workers, "--replications", "0"], "--replications"],
  ])("is 2 for %s, with a word on standard error alone", (_, words, told) => {
    for (const command of ["sweep", "tune"]) {
      const { code, stdout, stderr } = place.meshsim([command, "small.yaml", ...words, "--json"]);
      expect([command, code, stdout]).toEqual([command, 2, ""]);
      expect(stderr).toContain(told);
    }
  });

  test.each([
    ["a map without a fault", ["sweep", "calm.yaml", "--map"], "no fault"],
    ["a map of an unknown fault", ["sweep", "fault.yaml", "--map", "--fault", "flood"], "outage"],
    ["a map of an unknown client", ["sweep", "fault.yaml", "--map", "--client", "app"], "web"],
    ["a map without time to recover", ["sweep", "fault.yaml", "--map"], "--duration"],
    ["a threshold without a map", ["sweep", "fault.yaml", "--threshold", "90%"], "--map"],
    ["an unknown metric", ["sweep", "small.yaml", "--metrics", "web.p98"], "web.p98"],
    ["an unknown cost", ["tune", "small.yaml", "--cost", "money"], "money"],
    ["zones where there are none", ["tune", "small.yaml", "--cost", "cross_zone"], "zones"],
    ["an unknown search", ["tune", "small.yaml", "--search", "magic"], "magic"],
    ["the same file twice", ["tune", "small.yaml", "small.yaml"], "twice"],
    ["nothing to satisfy", ["tune", "small.yaml", "--set", "expect=[]"], "expect"],
  ])("is 2 for %s", (_, words, told) => {
    const { code, stdout, stderr } = place.meshsim([...words, ...workers, "--json"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(told);
  });

  test.each([
    ["sweep", "[]"],
    ["sweep", "--json"],
    ["tune", "--quiet"],
    ["tune", "--json"],
  ])("is 3 when meshsim itself fails: %s %s", (command, output) => {
    const broken = "data:text/javascript,Array.prototype.flatMap=()=>{throw new Error('broken on purpose')}";
    const words = [command, "small.yaml", ...workers, ...(output === "[]" ? [] : [output])];
    const { code, stdout, stderr } = place.meshsim(words, { NODE_OPTIONS: `--import "${broken}"` });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("broken on purpose");
  });

  test.each(["sweep", "tune"])("is 4 when files or standard output cannot be written: %s", (command) => {
    place.write("file", "");
    const words = [command, "small.yaml", ...workers, "--replications", "1"];
    const { code, stderr } = place.meshsim([...words, "--out", "file/below", "--quiet"]);
    expect(code).toBe(4);
    expect(stderr).toContain("file/below");
    expect(place.shell(`$MESHSIM ${words.join(" ")} --json > /dev/full`).code).toBe(4);
  });

  test.each(["sweep", "tune"])("is 130 after an interrupt, and what is done is told: %s", async (command) => {
    const words = [command, "small.yaml", ...workers, "--replications", "100000", "--json"];
    const running = spawn(process.execPath, [programPath, ...words], { cwd: place.path });
    let stdout = "";
    running.stdout.on("data", (chunk) => (stdout += chunk));
    const ended = new Promise((resolve) => running.on("close", resolve));
    // Progress is told every ten seconds, when some replications are done.
    await new Promise((resolve) => running.stderr.once("data", resolve));
    await setTimeout(100);
    running.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(JSON.parse(stdout).complete).toBe(false);
  });
});
