import { expect, test } from "vitest";
import { Problems } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { checkWindow } from "./check-window.ts";
import { readTestFile, smallScenario } from "./example-scenarios.suite.ts";
import { deriveScenario, readScenario } from "./load.ts";

const SECOND = 1e9;
const duration = 60 * SECOND;

test("a window up to the end is right", () => {
  expect(checkWindow("", { from: 0, to: duration }, duration)).toBeUndefined();
});

test("one that reaches beyond the end is told, with its characters", () => {
  const text = "web.rps > 1 from 59s to 61s ";
  expect(checkWindow(text, { from: 59 * SECOND, to: 61 * SECOND }, duration)).toMatchObject({
    start: text.indexOf("from"),
    end: text.length - 1,
    remedy: "write to 1m",
  });
});

test.each([
  ["the base", "web.p99 < 250ms", "web.p99 < 250ms from 60s to 70s", "18:21", "1m"],
  [
    "a variant",
    '{ "clients.web.timeout": 4s }',
    '{ duration: 30s }, expect: [ "web.p99 < 250ms from 40s to 50s" ]',
    "20:63",
    "30s",
  ],
])(
  "one of %s that begins after the end is worth a warning, and can be run",
  (_what, from, to, place, end) => {
    const problems = new Problems();
    const file = readScenario(
      new SourceFile("s.yaml", smallScenario.replace(from, to)),
      readTestFile,
      problems,
    )!;
    for (const variant of [null, "heavy"]) deriveScenario(file, variant, [], problems);
    const told = problems.sorted().map(({ severity, code, location: { line, column }, remedy }) => {
      return `${line}:${column} ${severity} ${code} ${remedy}`;
    });
    expect(told).toEqual([
      `${place} warning window-after-end choose a window before ${end}, or make duration longer`,
    ]);
  },
);
