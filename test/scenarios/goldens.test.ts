import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readGolden } from "../../src/report/golden/golden-file.ts";
import { runProgram } from "../support/command-line.ts";
import { shippedScenarios } from "../support/shipped-scenarios.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

// The golden summaries change only when behaviour is meant to change, and the commit says so:
// `npm run build && npx meshsim test scenarios --update` writes the new ones.
test("shipped scenarios and their variants are as in their golden summaries", () => {
  const { code, stdout } = runProgram(["test", "scenarios", "--no-color"], root);
  expect(stdout).toMatch(/^(scenarios\/\S+ +✔+ {2}\d+ expectations? · golden\n)+\n\d+ passed · /);
  expect(code).toBe(0);
});

test.each(shippedScenarios)("%s has a golden summary of its own name", (name) => {
  const text = readFileSync(`${root}scenarios/${name}.golden.json`, "utf8");
  expect(readGolden(text).scenario).toBe(name);
});
