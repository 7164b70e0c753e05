import { describe, expect, test } from "vitest";
import { Problems } from "./problem.ts";
import { SourceFile } from "./source-file.ts";
import { entryOf, nearestNode, plainValue, type TextNode } from "./text-node.ts";
import { readYaml } from "./yaml-text.ts";

function read(text: string): { node: TextNode | undefined; problems: string[] } {
  const problems = new Problems();
  const node = readYaml(new SourceFile("f.yaml", text), problems);
  return {
    node,
    problems: problems
      .sorted()
      .map(({ code, message, location }) => `${location.line}:${location.column} ${code}: ${message}`),
  };
}

describe("YAML as a tree with positions", () => {
  test("every node knows its place", () => {
    const { node } = read("a:\n  - b: two words\n    c: 'x'\n");
    expect(nearestNode(node!, ["a", 0, "b"]).span.location).toMatchObject({ line: 2, column: 8, length: 9 });
    expect(nearestNode(node!, ["a", 0, "c"]).span.location).toMatchObject({ line: 3, column: 8, length: 3 });
    expect(nearestNode(node!, ["a", 5, "c"]).span.location).toMatchObject({ line: 2 });
    expect(entryOf(nearestNode(node!, ["a", 0]), "c")!.keySpan.location).toMatchObject({
      line: 3,
      column: 5,
      length: 1,
    });
  });

  test("only the first line of a node is underlined", () => {
    const { node } = read("a: |\n  one\n  two\n");
    expect(nearestNode(node!, ["a"])).toMatchObject({ text: "one\ntwo\n", quoted: true });
    expect(nearestNode(node!, ["a"]).span.location).toMatchObject({ line: 1, column: 4, length: 1 });
  });

  test("aliases are what they name, and what is empty is null", () => {
    const { node } = read("a: &x { n: 1 }\nb: *x\nc:\nd: [1, , 2]\n".replace(", ,", ","));
    expect(plainValue(node!)).toEqual({ a: { n: 1 }, b: { n: 1 }, c: null, d: [1, 2] });
  });

  test("a key twice: both are there, and the last one counts", () => {
    const { node } = read("a: 1\na: 2\n");
    expect(node).toMatchObject({ kind: "map", entries: [{ key: "a" }, { key: "a" }] });
    expect(plainValue(node!)).toEqual({ a: 2 });
  });

  test("an empty text is the scalar null", () => {
    expect(plainValue(read("").node!)).toBeNull();
    expect(plainValue(read("# only this\n").node!)).toBeNull();
  });
});

describe("what is not YAML", () => {
  test("a tab for indentation", () => {
    expect(read("a:\n\tb: 1\n").problems[0]).toMatch(
      /^2:1 yaml-syntax: this is not YAML: tabs are not allowed as indentation/,
    );
  });

  test("an alias without its anchor", () => {
    expect(read("a: *x\n").problems).toEqual([expect.stringContaining("yaml-syntax: this is not YAML: ")]);
  });

  test("an alias that contains itself", () => {
    expect(read("a: &x { b: *x }\n").problems).toEqual([
      "1:12 yaml-syntax: this is not YAML: the alias *x contains itself",
    ]);
  });

  test("aliases that grow without bounds", () => {
    const lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
    for (let level = 1; level < 9; level++)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    expect(read(`${lines.join("\n")}\n`).problems).toEqual([
      expect.stringContaining("the aliases make the document too large"),
    ]);
  });
});
