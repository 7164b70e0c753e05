import { describe, expect, test } from "vitest";
import type { Problem } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { formatDiagnostics } from "./diagnostics.ts";
import { plainStyle } from "./style.ts";

const text = "name: x\nclients:\n\tweb: { tou: edge }\n";

function problem(changes: Partial<Problem>, line: number, column: number, length: number): Problem {
  const location = { file: "s.yaml", line, column, length };
  return { severity: "error", code: "c", message: "wrong", remedy: "", path: "", location, ...changes };
}

function show(given: Problem, source = text): string {
  return formatDiagnostics([given], new Map([["s.yaml", new SourceFile("s.yaml", source)]]), plainStyle);
}

describe("a diagnostic", () => {
  test("has the place, the text, the line with carets under the offending characters, and the remedy", () => {
    expect(show(problem({ message: 'unknown key "name"', remedy: "leave it out" }, 1, 1, 4))).toBe(
      's.yaml:1:1: error: unknown key "name"\n   1 | name: x\n     | ^^^^\n      = leave it out\n',
    );
  });

  test("keeps tabs, so that carets stand where they should", () => {
    expect(show(problem({}, 3, 9, 3)).split("\n")[2]).toBe("     | \t       ^^^");
  });

  test("shows a part of a very long line, with the offending characters in it", () => {
    const long = `{${"a".repeat(5000)}BAD${"b".repeat(5000)}}`;
    const [, shown = "", carets = ""] = show(problem({}, 1, 5002, 3), long).split("\n");
    expect(shown.length).toBeLessThan(140);
    expect(shown.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("BAD");
  });

  test("says its severity", () => {
    expect(show(problem({ severity: "warning" }, 1, 1, 1))).toContain("s.yaml:1:1: warning: wrong\n");
  });

  test("has no excerpt from a file that was not read", () => {
    expect(formatDiagnostics([problem({}, 1, 1, 1)], new Map(), plainStyle)).toBe(
      "s.yaml:1:1: error: wrong\n",
    );
  });
});
