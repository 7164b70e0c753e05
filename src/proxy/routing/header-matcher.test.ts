import { describe, expect, test } from "vitest";
import { type Headers, headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { RouteProblems } from "../matching/route-problems.ts";
import { compileHeaderMatcher } from "./header-matcher.ts";

function fits(matcher: JsonObject, ...values: string[]): boolean {
  const headers: Headers = values.map((value) => ["h", value]);
  return compileHeaderMatcher(messageOf({ name: "H", ...matcher }), new RouteProblems())(headOf({ headers }));
}

describe("old fields of a header matcher", () => {
  test.each([
    [{ exact_match: "abc" }, "abc", "abcd"],
    [{ prefix_match: "ab" }, "abc", "xab"],
    [{ suffix_match: "bc" }, "abc", "bcx"],
    [{ contains_match: "b" }, "abc", "ac"],
    [{ safe_regex_match: { regex: "a.c" } }, "abc", "abcd"],
  ])("%j fits %s and not %s", (matcher, value, other) => {
    expect([fits(matcher, value), fits(matcher, other)]).toEqual([true, false]);
  });

  test("an exact match with the empty text asks for presence", () => {
    expect([fits({ exact_match: "" }, "anything"), fits({ exact_match: "" })]).toEqual([true, false]);
  });
});

test("a range takes 64-bit numbers with sign and blanks, and nothing beyond 64 bits", () => {
  const range = { range_match: { start: "9223372036854775806", end: "9223372036854775807" } };
  expect(fits(range, " +9223372036854775806 ")).toBe(true);
  expect(fits(range, "9223372036854775805")).toBe(false);
  expect(fits({ range_match: { start: "-9223372036854775808", end: "0" } }, "-9223372036854775809")).toBe(
    false,
  );
});

test("names of headers ignore case, and :path and :method are headers", () => {
  const matcher = { name: ":PATH", string_match: { prefix: "/" } };
  expect(compileHeaderMatcher(messageOf(matcher), new RouteProblems())(headOf())).toBe(true);
});
