import { expect, it } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { PathNormalization } from "./path-normalization.ts";

function normalize(path: string, config: JsonObject): string {
  const result = new PathNormalization(messageOf(config)).normalize(path);
  return result.kind === "refused" ? result.kind : `${result.kind} ${result.path}`;
}

it("refuses fragments and otherwise changes nothing unless it is asked to", () => {
  expect(normalize("/a#b", {})).toBe("refused");
  expect(normalize("/a/../b//c%2F?x=/../", {})).toBe("path /a/../b//c%2F?x=/../");
});

it.each([
  ["/a/./b/../c", "/a/c"],
  ["/../a", "/a"],
  ["/a/..", "/"],
  ["/a/b/.", "/a/b/"],
  ["/a/%2e%2E/b", "/b"],
  ["/%61%7e%2f%zz", "/a~%2f%zz"],
  ["/%2%65/a", "/%252e/a"],
  ["/%%32e/a%%41z", "/%252e/a%Az"],
  ["/a\\b", "/a/b"],
  ['/a "<', "/a%20%22%3C"],
  ["/a/../b?c=/../d", "/b?c=/../d"],
])("brings %s into its canonical form %s", (path, canonical) => {
  expect(normalize(path, { normalize_path: true })).toBe(`path ${canonical}`);
});

it("merges slashes of the path alone, after the other changes", () => {
  const config = { normalize_path: true, merge_slashes: true };
  expect(normalize("//a///b/?c=//", config)).toBe("path /a/b/?c=//");
  const unescaping = { ...config, path_with_escaped_slashes_action: "UNESCAPE_AND_FORWARD" };
  expect(normalize("/a%2F%5Cb", unescaping)).toBe("path /a/b");
});

it("refuses or sends away requests with escaped slashes", () => {
  const act = (action: string) => normalize("/a%2fb?c", { path_with_escaped_slashes_action: action });
  expect(act("REJECT_REQUEST")).toBe("refused");
  expect(act("UNESCAPE_AND_REDIRECT")).toBe("redirect /a/b?c");
  expect(act("KEEP_UNCHANGED")).toBe("path /a%2fb?c");
});
