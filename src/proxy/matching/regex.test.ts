import { RE2JS } from "re2js";
import { expect, test } from "vitest";
import { replaceAll } from "../../http/replace-all.ts";

// What RE2's own GlobalReplace gives for these, from its documentation and unit tests.
test.each([
  ["a", "b", "aaaa", "bbbb"],
  ["(a)(b?)", "\\2\\1", "abacab", "baacba"],
  ["b*", "bb", "a", "bbabb"],
  ["b*", "bb", "aaaaa", "bbabbabbabbabbabb"],
  ["b+", "bb", "aaaaa", "aaaaa"],
  ["\\w+", "\\0-NOSPAM", "abcd.efghi@google.com", "abcd-NOSPAM.efghi-NOSPAM@google-NOSPAM.com-NOSPAM"],
  ["^", "(START)", "foo", "(START)foo"],
  ["b", "\\\\", "abc", "a\\c"],
  ["$", "$1", "x", "x$1"],
])("replaces %s by %s in %s", (pattern, substitution, text, expected) => {
  expect(replaceAll(RE2JS.compile(pattern), text, substitution)).toBe(expected);
});
