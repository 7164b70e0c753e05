import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/fidelity.md", root), "utf8");

test("the tests and recordings that the fidelity page names exist", () => {
  const paths = [...page.matchAll(/`((?:test|src)\/[^`\s]+)`/g)].map(([, path]) => path!);
  const lists = [...page.matchAll(/recordings((?:,? `\w+`)+)/g)].map(([, names]) => names!);
  const recordings = lists.flatMap((names) => names.match(/\w+/g)!);
  expect(recordings.length).toBeGreaterThan(5);
  const files = [...paths, ...recordings.map((name) => `test/golden/recordings/${name}.json.br`)];
  expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
});

test("whatever it calls exact or simplified says what shows it", () => {
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split(" | "));
  const claims = rows.filter(([, how]) => /^(exact|simplified|in distribution)\b/.test(how!));
  expect(claims.length).toBeGreaterThan(40);
  expect(claims.filter(([, , shownBy]) => !/`|the same/.test(shownBy!)).map(([what]) => what)).toEqual([]);
});
