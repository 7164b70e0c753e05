import { spawn } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageVersion, programPath, Workplace } from "../support/command-line.ts";

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe("the exit code", () => {
  const outputs = [[], ["--json"], ["--quiet", "--access-log"], ["--json", "--out", "out"]];

  test.each(outputs)("is 0 when all is as expected, with %s %s %s", (...output) => {
    expect(place.meshsim(["run", "small.yaml", ...output.filter(Boolean)])).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  test.each(outputs)("is 1 when an expectation fails, with %s %s %s", (...output) => {
    expect(place.meshsim(["run", "failing.yaml", ...output.filter(Boolean)])).toMatchObject({
      code: 1,
      stderr: "",
    });
  });

  test("is the worst of several scenarios", () => {
    expect(place.meshsim(["run", "failing.yaml", "small.yaml", "--quiet"]).code).toBe(1);
    expect(place.meshsim(["run", "failing.yaml", "wrong.yaml", "--quiet"]).code).toBe(2);
  });

  test.each([
    ["a wrong scenario", ["run", "wrong.yaml"]],
    ["a missing scenario", ["run", "missing.yaml"]],
    ["no scenario", ["run"]],
    ["a wrong setting", ["run", "small.yaml", "--set", "clients.wep.timeout=1s"]],
    ["a wrong duration", ["run", "small.yaml", "--duration", "soon"]],
    ["an unknown variant", ["run", "small.yaml", "--variant", "light"]],
    ["wrong windows", ["run", "small.yaml", "--windows", "1s-0s"]],
    ["two scenarios of one name", ["run", "small.yaml", "./small.yaml"]],
    ["several scenarios as one document", ["run", "small.yaml", "failing.yaml", "--json"]],
    ["an unknown option", ["run", "small.yaml", "--jsn"]],
    ["an unknown command", ["rnu", "small.yaml"]],
    ["a wrong file for check", ["check", "wrong.yaml"]],
    ["a wrong file for check as JSON", ["check", "wrong.yaml", "--format", "json"]],
    ["an unknown format", ["check", "small.yaml", "--format", "xml"]],
  ])("is 2 for %s", (_, words) => {
    const { code, stdout, stderr } = place.meshsim(words);
    expect(code).toBe(2);
    if (words[0] === "check" && words[1] === "wrong.yaml") expect(stdout).toContain("wokers");
    else expect([stdout, stderr === ""]).toEqual(["", false]);
  });

  test.each([[[]], [["--json"]], [["--quiet"]]])(
    "is 2 with all diagnostics on standard error alone, with %j",
    (output) => {
      const { code, stdout, stderr } = place.meshsim(["run", "wrong.yaml", ...output]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^wrong\.yaml:9:5: error: .*"wokers".*"workers"/m);
      expect(stderr).toMatch(/wokers: 8\n.*\^\^\^\^\^\^/);
    },
  );

  test("is 2 when --strict refuses what is not simulated", () => {
    const config = place.read("edge.envoy.yaml");
    const unmodelled = config.replace("    lb_policy:", "    upstream_bind_config: {}\n    lb_policy:");
    place.write("edge2.envoy.yaml", unmodelled);
    place.write("strict.yaml", place.read("small.yaml").replace("edge.envoy.yaml", "edge2.envoy.yaml"));
    expect(place.meshsim(["run", "strict.yaml", "--quiet"]).code).toBe(0);
    const { code, stdout, stderr } = place.meshsim(["run", "strict.yaml", "--strict", "--json"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("upstream_bind_config");
  });

  test.each(outputs)("is 3 when meshsim itself fails, without a stack trace, with %s %s %s", (...output) => {
    const broken = "data:text/javascript,Array.prototype.flatMap=()=>{throw new Error('broken on purpose')}";
    const { code, stdout, stderr } = place.meshsim(["run", "small.yaml", ...output.filter(Boolean)], {
      NODE_OPTIONS: `--import "${broken}"`,
    });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("broken on purpose");
    expect(stderr).toContain("report");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test.each([[], ["--json"], ["--quiet"]])("is 4 when files cannot be written, with %s", (...output) => {
    place.write("file", "");
    const words = ["run", "small.yaml", "--out", "file/below", ...output];
    const { code, stdout, stderr } = place.meshsim(words);
    expect(code).toBe(4);
    expect(stderr).toContain("file/below");
    // What was found is not lost with them.
    expect(stdout.includes("web")).toBe(output[0] !== "--quiet");
    expect(stdout).not.toContain("report.html");
  });

  // Where folders cannot be made, the reason is a missing folder to the system, and Node's recursive mkdir never ends.
  test.runIf(process.platform === "linux")("is 4, at once, when a folder above cannot be made", () => {
    const { code, stderr } = place.meshsim(["run", "small.yaml", "--out", "/proc/none/below"]);
    expect(code).toBe(4);
    expect(stderr).toContain("/proc/none");
  });

  test.each([[[]], [["--json"]]])("is 4 when standard output cannot be written, with %j", (output) => {
    expect(place.shell(`$MESHSIM run small.yaml ${output.join(" ")} > /dev/full`).code).toBe(4);
  });

  // With pipefail the shell ends with the code of meshsim, since `true` has none of its own to tell.
  test.each([
    ["run small.yaml --json", 0],
    ["run failing.yaml --json", 1],
    ["run wrong.yaml 2>&1", 2],
    ["run --help", 0],
    ["--version", 0],
    ["check small.yaml --format json", 0],
  ])("is that of the verdict, without a word, when the reader of `%s` has gone", (words, code) => {
    const ended = place.shell(`set -o pipefail; $MESHSIM ${words} | true`);
    expect(ended).toEqual({ code, stdout: "", stderr: "" });
  });

  // A warm-up as long as this makes it certain that the interrupt comes first.
  const whole = ["--set", "warmup=9h"];
  test.each([
    { output: [], keeps: "some" },
    { output: ["--json"], keeps: "some" },
    { output: ["--quiet"], keeps: "some" },
    { output: ["--json", ...whole], keeps: "nothing" },
  ])("is 130 after an interrupt, and $keeps is kept: $output", async ({ output, keeps }) => {
    const words = ["run", "small.yaml", "--duration", "10h", "--out", `long-${keeps}`, "--access-log"];
    const running = spawn(process.execPath, [programPath, ...words, ...output], { cwd: place.path });
    let stdout = "";
    running.stdout.on("data", (text) => (stdout += text));
    const ended = new Promise((resolve) => running.on("close", resolve));
    const log = join(place.path, `long-${keeps}/access.log`);
    // Lines in the log: the run has begun.
    while (!existsSync(log) || statSync(log).size === 0) await setTimeout(20);
    await setTimeout(200);
    running.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(statSync(log).size).toBeGreaterThan(0);
    rmSync(log);
    if (keeps === "nothing") return expect(stdout).toBe("");
    const summary = JSON.parse(place.read("long-some/summary.json"));
    expect(summary).toMatchObject({ interrupted: true, expect: [] });
    expect(summary.duration_s).toBeLessThan(36_000);
    expect(summary.clients.web.rps).toBeGreaterThan(150);
    if (output.includes("--json")) expect(JSON.parse(stdout)).toEqual(summary);
    else if (output.length === 0) expect(stdout).toMatch(/^interrupted after .* of 36000 s, not judged/);
    else expect(stdout).toBe("");
  });

  test("is 0 for help and version, on standard output", () => {
    expect(place.meshsim(["--version"])).toEqual({ code: 0, stdout: `${packageVersion}\n`, stderr: "" });
    expect(place.meshsim(["version"])).toEqual({ code: 0, stdout: `${packageVersion}\n`, stderr: "" });
    for (const words of [["--help"], ["run", "--help"], ["check", "--help"], ["schema", "--help"]]) {
      const { code, stdout, stderr } = place.meshsim(words);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("Usage: meshsim");
    }
  });
});
