import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
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

  test("is 3 when meshsim itself fails, without a stack trace", () => {
    const broken = "data:text/javascript,Array.prototype.flatMap=()=>{throw new Error('broken on purpose')}";
    const { code, stdout, stderr } = place.meshsim(["run", "small.yaml", "--json"], {
      NODE_OPTIONS: `--import "${broken}"`,
    });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("broken on purpose");
    expect(stderr).toContain("report");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("is 4 when files or standard output cannot be written", () => {
    place.write("file", "");
    const { code, stderr } = place.meshsim(["run", "small.yaml", "--out", "file/below"]);
    expect(code).toBe(4);
    expect(stderr).toContain("file/below");
    expect(place.shell("$MESHSIM run small.yaml --json > /dev/full").code).toBe(4);
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

  test("is 130 after an interrupt, and what was written stays", async () => {
    const words = ["run", "small.yaml", "--duration", "10h", "--out", "long", "--access-log"];
    const running = spawn(process.execPath, [programPath, ...words], { cwd: place.path, stdio: "ignore" });
    const ended = new Promise((resolve) => running.on("exit", resolve));
    // The log is opened just before the run begins, after which an interrupt is waited for.
    while (!existsSync(join(place.path, "long/access.log"))) await setTimeout(20);
    await setTimeout(500);
    running.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(existsSync(join(place.path, "long/access.log"))).toBe(true);
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
