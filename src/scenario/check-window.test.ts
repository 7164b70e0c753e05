import { expect, test } from "vitest";
import { Problems } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { checkWindow } from "./check-window.ts";
import { readTestFile, smallScenario } from "./example-scenarios.suite.ts";
import { deriveScenario, readScenario } from "./load.ts";
import { parseSetting } from "./settings.ts";

const SECOND = 1e9;
const ofFile = { duration: 60 * SECOND, isGivenOutside: false };

test("a window up to the end is right", () => {
  expect(checkWindow("", { from: 0, to: 60 * SECOND }, ofFile)).toBeUndefined();
});

test("one that reaches beyond the end is told, with its characters", () => {
  const text = "web.rps > 1 from 59s to 61s ";
  expect(checkWindow(text, { from: 59 * SECOND, to: 61 * SECOND }, ofFile)).toMatchObject({
    severity: "warning",
    start: text.indexOf("from"),
    end: text.length - 1,
    remedy: "write to 1m",
  });
});

test("one that begins at the end is an error of the file, and only a warning where the command line shortens the run", () => {
  const text = smallScenario.replace("web.p99 < 250ms", "web.p99 < 250ms from 20s to 30s");
  const severities = (duration: string) => {
    const problems = new Problems();
    const file = readScenario(
      new SourceFile("s.yaml", text.replace("60s", duration)),
      readTestFile,
      problems,
    )!;
    deriveScenario(file, null, [], problems);
    return problems.sorted().map(({ severity, code }) => `${severity} ${code}`);
  };
  expect(severities("30s")).toEqual([]);
  expect(severities("20s")).toEqual(["error window-after-end"]);

  const problems = new Problems();
  const file = readScenario(new SourceFile("s.yaml", text), readTestFile, problems)!;
  deriveScenario(file, null, [parseSetting("duration=20s", problems, "--duration")!], problems);
  expect(problems.sorted()).toMatchObject([
    { severity: "warning", code: "window-after-end", location: { file: "s.yaml" } },
  ]);
});
