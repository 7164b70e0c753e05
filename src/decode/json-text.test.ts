import fc from "fast-check";
import { expect, test } from "vitest";
import { readJson } from "./json-text.ts";
import { Problems } from "./problem.ts";
import { SourceFile } from "./source-file.ts";
import { nearestNode, plainValue } from "./text-node.ts";

function read(text: string) {
  const problems = new Problems();
  const node = readJson(new SourceFile("f.json", text), problems);
  const [problem] = problems.sorted();
  return {
    node,
    problem: problem && `${problem.location.line}:${problem.location.column} ${problem.message}`,
  };
}

test("every JSON text is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 0, max: 2 }), (text, indent) => {
      const value = JSON.parse(text);
      expect(plainValue(read(JSON.stringify(value, null, indent)).node!)).toEqual(value);
    }),
  );
});

test("positions, escapes and single quotes", () => {
  const { node } = read("{\n 'a': [1, \"x\\u0041\\n\"]}");
  expect(plainValue(node!)).toEqual({ a: [1, "xA\n"] });
  expect(nearestNode(node!, ["a", 1]).span.location).toMatchObject({ line: 2, column: 11, length: 11 });
});

test("what is not JSON", () => {
  const cases: [text: string, problem: string][] = [
    ["", "1:1 this is not JSON: it ends where a value is expected"],
    ['{"a": 1', '1:7 this is not JSON: it ends where "," or "}" is expected'],
    ['{"a": 01}', '1:8 this is not JSON: "1" where "," or "}" is expected'],
    ["{a: 1}", '1:2 this is not JSON: "a" where a key in double quotes is expected'],
    ["[1,]", "1:3 this is not JSON: a comma before the end"],
    ["[1] x", '1:5 this is not JSON: "x" where the end of the file is expected'],
    ['"a', "1:1 this is not JSON: a text without an end"],
    ["[nope]", '1:2 this is not JSON: "n" where a value is expected'],
    ["# x\n{}", '1:1 this is not JSON: "#" where a value is expected'],
    ["[".repeat(300), "1:201 this is not JSON: it is nested too deeply"],
  ];
  for (const [text, problem] of cases) expect(read(text)).toEqual({ node: undefined, problem });
});
