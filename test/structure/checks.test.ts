import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

/** Runs a check of scripts/ on a project that has these files. */
function check(script: string, files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), "meshsim-check-"));
  roots.push(root);
  mkdirSync(join(root, "src"));
  for (const [file, text] of Object.entries({ "package.json": "{}", "tsconfig.json": "{}", ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve("scripts", script), root], {
    encoding: "utf8",
  });
  return { status, stdout, found: stderr.split("\n").filter((line) => line !== "") };
}

describe("the check of determinism", () => {
  const inexact =
    "log exp pow sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh log2 log10 log1p expm1";
  const refused: [code: string, reason: string][] = [
    ["Date.now();", "Date"],
    ["new Date();", "Date"],
    ["const clock = { Date };", "Date"],
    ["performance.now();", "performance"],
    ["Math.random();", "Math.random"],
    ...`${inexact} cbrt hypot`
      .split(" ")
      .map((name): [string, string] => [`Math.${name}(1, 1);`, `Math.${name}`]),
    ["const { log } = Math;", "name of a member"],
    ['Math["log"](1);', "name of a member"],
    ["let x = 2; x = x ** 3;", "**"],
    ["let x = 2; x **= 0.5;", "**"],
    ["setTimeout(() => {}, 1);", "setTimeout"],
    ["setInterval(() => {}, 1);", "setInterval"],
    ["process.hrtime();", "process"],
    ["globalThis.Date;", "globalThis"],
    ['import { hrtime } from "node:process";', "hrtime"],
    ['import { createHash } from "node:crypto";', "createHash"],
    ['import { createHash } from "crypto";', "createHash"],
    ['import * as fs from "node:fs";', "node:fs"],
    ['import alea from "seedrandom";', "seedrandom"],
    ["crypto.randomUUID();", "crypto"],
    ["(1).toLocaleString();", "toLocaleString"],
    ['"A".toLocaleLowerCase();', "toLocaleLowerCase"],
    ['"a".localeCompare("b");', "localeCompare"],
    ["new Intl.NumberFormat();", "Intl"],
    ["for (const key in {}) key;", "for-in"],
    ["export async function f() {}", "asynchronous"],
    ["const f = async () => {};", "asynchronous"],
    ["await 1;", "asynchronous"],
    ["Promise.resolve();", "asynchronous"],
    ['import("./other.ts");', "asynchronous"],
  ];
  const accepted: [file: string, code: string][] = [
    [
      "src/kernel/exact.ts",
      "export const exact = [3 ** 2, 2 ** 32, 10n ** 3n, Math.sqrt(2), Math.imul(2, 3)];",
    ],
    ["src/kernel/keys.ts", "export const plan = { process: 1, Date: 2, performance: 3 }; plan.Date;"],
    ["src/kernel/own.ts", "export const read = ({ process }: { process: number }) => process;"],
    ["src/telemetry/digest.ts", 'import { createHash } from "node:crypto";'],
    ["src/report/chart.ts", 'export const draw = async () => await import("vega");'],
    ["src/cli/main.ts", "Date.now();"],
    ["src/kernel/x.test.ts", "Math.log(2);"],
  ];
  const { status, found } = check("check-determinism.mjs", {
    ...Object.fromEntries(refused.map(([code], index) => [`src/kernel/case-${index}.ts`, code])),
    ...Object.fromEntries(accepted),
    "src/report/clock.ts": "Date.now();",
    "src/random/alea-stream.ts": 'import { randomBytes } from "node:crypto";',
  });

  it.each(refused.map(([code, reason], index) => ({ code, reason, index })))(
    "refuses $code",
    ({ reason, index }) => {
      const lines = found.filter((line) => line.startsWith(`src/kernel/case-${index}.ts:1:`));
      expect(lines.join("\n")).toContain(reason);
    },
  );

  it.each(accepted)("lets %s have: %s", (file) => {
    expect(found.filter((line) => line.startsWith(file))).toEqual([]);
  });

  it("knows what is granted to which file", () => {
    expect(found.filter((line) => line.startsWith("src/report/clock.ts"))).toHaveLength(1);
    expect(found.filter((line) => line.startsWith("src/random/alea-stream.ts"))).toHaveLength(1);
  });

  it("fails, also when it saw no files", () => {
    expect(status).toBe(1);
    expect(check("check-determinism.mjs", {}).status).toBe(1);
  });
});

describe("the check of dependencies", () => {
  const uses = (...paths: string[]) => paths.map((path) => `export * from "${path}";\n`).join("");
  const types = (path: string) => `export type * from "${path}";\n`;
  const VALUE = "export const value = 1;\n";
  const dependencies = (files: Readonly<Record<string, string>>) => check("check-dependencies.mjs", files);

  it("accepts imports downwards, and types of one folder that know each other", () => {
    const { status, found, stdout } = dependencies({
      "src/index.ts": uses("./http/a.ts"),
      "src/http/a.ts": uses("../kernel/a.ts") + types("./b.ts"),
      "src/http/b.ts": types("./a.ts"),
      "src/kernel/a.ts": VALUE,
    });
    expect(found).toEqual([]);
    expect(stdout).toBe("4 modules, 4 dependencies, 0 violations\n");
    expect(status).toBe(0);
  });

  const { status, found } = dependencies({
    "src/index.ts": "export {};\n",
    "src/kernel/upwards.ts": uses("../http/value.ts"),
    "src/kernel/upwards-type.ts": types("../http/value.ts"),
    "src/kernel/upwards.test.ts": uses("../http/value.ts"),
    "src/decode/beside.ts": uses("../kernel/upwards.ts"),
    "src/proxy/upwards.ts": uses("../config/value.ts"),
    "src/report/upwards.ts": uses("../cli/value.ts"),
    "src/utils/unknown.ts": uses("../http/value.ts"),
    "src/proxy/retry/sibling.ts": uses("../routing/value.ts"),
    "src/proxy/cluster/composer.ts": uses("../upwards.ts"),
    "src/proxy/load-balancing/random/sibling.ts": uses("../maglev/value.ts"),
    "src/scenario/value-of-random.ts": uses("../random/distributions/distribution.ts"),
    "src/http/entry.ts": uses("../index.ts"),
    "src/http/test.ts": uses("./kit.suite.ts"),
    "src/http/cycle-a.ts": uses("./cycle-b.ts"),
    "src/http/cycle-b.ts": uses("./cycle-a.ts"),
    "src/network/cycle-a.ts": types("./deep/cycle-b.ts"),
    "src/network/deep/cycle-b.ts": types("../cycle-a.ts"),
    "src/http/alone.ts": VALUE,
    "src/http/missing.ts": uses("./nowhere.ts"),
    ...Object.fromEntries(
      [
        "cli/value",
        "config/value",
        "http/kit.suite",
        "http/value",
        "proxy/load-balancing/maglev/value",
        "proxy/routing/value",
        "random/distributions/distribution",
      ].map((file) => [`src/${file}.ts`, VALUE]),
    ),
  });

  it.each([
    "kernel-uses-only-what-is-below-it: src/kernel/upwards.ts > src/http/value.ts",
    "kernel-uses-only-what-is-below-it: src/kernel/upwards-type.ts > src/http/value.ts",
    "kernel-uses-only-what-is-below-it-in-tests: src/kernel/upwards.test.ts > src/http/value.ts",
    "decode-uses-only-what-is-below-it: src/decode/beside.ts > src/kernel/upwards.ts",
    "proxy-uses-only-what-is-below-it: src/proxy/upwards.ts > src/config/value.ts",
    "report-uses-only-what-is-below-it: src/report/upwards.ts > src/cli/value.ts",
    "every-folder-is-in-the-picture: src/utils/unknown.ts > src/http/value.ts",
    "concerns-of-a-proxy-are-strangers: src/proxy/retry/sibling.ts > src/proxy/routing/value.ts",
    "concerns-of-a-proxy-are-strangers: src/proxy/cluster/composer.ts > src/proxy/upwards.ts",
    "policies-are-strangers: src/proxy/load-balancing/random/sibling.ts > src/proxy/load-balancing/maglev/value.ts",
    "scenario-takes-only-types-of-random: src/scenario/value-of-random.ts > src/random/distributions/distribution.ts",
    "nothing-imports-the-entry: src/http/entry.ts > src/index.ts",
    "code-does-not-use-tests: src/http/test.ts > src/http/kit.suite.ts",
    "no-value-cycles: src/http/cycle-a.ts > src/http/cycle-b.ts > src/http/cycle-a.ts",
    "type-cycles-stay-in-one-folder: src/network/cycle-a.ts > src/network/deep/cycle-b.ts > src/network/cycle-a.ts",
    "no-orphans: src/http/alone.ts",
    "all-code-is-reached: src/http/missing.ts",
    "every-import-is-found: src/http/missing.ts > ./nowhere.ts",
  ])("reports %s", (line) => {
    expect(found).toContain(line);
    expect(status).toBe(1);
  });

  it("fails when it saw no modules", () => {
    const nothing = dependencies({});
    expect(nothing.found.join("\n")).toContain("no modules found");
    expect(nothing.status).toBe(1);
  });
});

/** Reads `a ─► b ─► { c, d }` as pairs. */
function arrowsOfPicture(picture: string): [from: string, to: string][] {
  const chains = picture
    .split(/\n|\s{3,}/)
    .map((chain) => chain.split("─►").map((set) => set.match(/\w+/g) ?? []));
  return chains.flatMap((sets) =>
    sets.flatMap((set, index) =>
      set.flatMap((from) => (sets[index + 1] ?? []).map((to): [string, string] => [from, to])),
    ),
  );
}

describe("the picture of docs/architecture.md", () => {
  it("shows the arrows that are checked", async () => {
    const rules: { arrows: Record<string, string[]> } = await import(resolve(".dependency-cruiser.mjs"));
    const checked = Object.entries(rules.arrows).flatMap(([from, targets]) =>
      // Single files are told in words below the picture.
      targets.filter((target) => target in rules.arrows).map((to) => `${from} ─► ${to}`),
    );
    const picture = /```\n([^`]*─►[^`]*)```/.exec(readFileSync("docs/architecture.md", "utf8"))![1]!;
    const shown = arrowsOfPicture(picture).map(([from, to]) => `${from} ─► ${to}`);
    expect(shown.sort()).toEqual(checked.sort());
  });
});
