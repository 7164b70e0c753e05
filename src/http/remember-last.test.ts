import { expect, test } from "vitest";
import { rememberLast } from "./remember-last.ts";
import type { RequestHead } from "./request-head.ts";

function head(path: string): RequestHead {
  return { method: "GET", scheme: "http", authority: "a", path, headers: new Map(), bodyBytes: 0 };
}

test("what follows from a head is computed again only for another head", () => {
  const computed: string[] = [];
  const lengthOf = rememberLast(({ path }) => computed.push(path) && path.length);
  const [short, long] = [head("/"), head("/long")];
  expect([short, short, long, long, short].map(lengthOf)).toEqual([1, 1, 5, 5, 1]);
  expect(computed).toEqual(["/", "/long", "/"]);
});

test("equal heads are not the same head", () => {
  let count = 0;
  const numberOf = rememberLast(() => ++count);
  expect([numberOf(head("/")), numberOf(head("/"))]).toEqual([1, 2]);
});
