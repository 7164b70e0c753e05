import type { Message } from "../../decode/message.ts";
import { asciiLowerCase } from "./ascii.ts";
import { compileRegex } from "./regex.ts";
import type { RouteProblems } from "./route-problems.ts";

export type TextTest = (text: string) => boolean;

/** The ways of comparing that need nothing but two texts. */
const comparisons = {
  exact: (text: string, wanted: string) => text === wanted,
  prefix: (text: string, wanted: string) => text.startsWith(wanted),
  suffix: (text: string, wanted: string) => text.endsWith(wanted),
  contains: (text: string, wanted: string) => text.includes(wanted),
};

export type Comparison = keyof typeof comparisons;

export function compareText(comparison: Comparison, wanted: string, ignoreCase = false): TextTest {
  const compare = comparisons[comparison];
  if (!ignoreCase) return (text) => compare(text, wanted);
  const lowerCase = asciiLowerCase(wanted);
  return (text) => compare(asciiLowerCase(text), lowerCase);
}

/** Compiles a `matcher.v3.StringMatcher`. */
export function compileStringMatcher(matcher: Message, problems: RouteProblems): TextTest {
  const pattern = matcher.which("exact", "prefix", "suffix", "contains", "safe_regex", "custom");
  switch (pattern) {
    case "safe_regex": {
      const regex = compileRegex(matcher.message("safe_regex"), matcher.path, problems);
      return (text) => regex.testExact(text);
    }
    case "custom":
    case undefined:
      return problems.conditionNotModelled(matcher.path, pattern ?? "a string matcher without a pattern");
    default:
      return compareText(pattern, matcher.string(pattern), matcher.boolean("ignore_case"));
  }
}
