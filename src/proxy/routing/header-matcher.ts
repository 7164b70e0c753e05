import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { asciiLowerCase } from "../matching/ascii.ts";
import { compileRegex } from "../matching/regex.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import {
  type Comparison,
  compareText,
  compileStringMatcher,
  type TextTest,
} from "../matching/string-matcher.ts";
import { int64Range } from "./int64-range.ts";

export type HeadTest = (head: RequestHead) => boolean;

/** Old fields of `route.v3.HeaderMatcher` and the comparison that each stands for. */
const OLD_COMPARISONS: Readonly<Record<string, Comparison>> = {
  exact_match: "exact",
  prefix_match: "prefix",
  suffix_match: "suffix",
  contains_match: "contains",
};

/** A test of the values of one header, of requests or of responses. */
export interface HeaderTest {
  /** In lower case. */
  readonly name: string;
  /** `values`: of all occurrences of the header, in order; empty where it is missing. */
  fits(values: readonly string[]): boolean;
}

/** Compiles a `route.v3.HeaderMatcher` for requests. */
export function compileHeaderMatcher(matcher: Message, problems: RouteProblems): HeadTest {
  const test = compileHeaderTest(matcher, problems);
  return (head) => test.fits(headerValues(head, test.name));
}

/**
 * Compiles a `route.v3.HeaderMatcher`. Every occurrence of a repeated header is tested by itself: one that
 * fits is enough, and with `invert_match` none may fit (Envoy 1.40, source/common/http/header_utility.cc).
 */
export function compileHeaderTest(matcher: Message, problems: RouteProblems): HeaderTest {
  const name = asciiLowerCase(matcher.string("name"));
  const invert = matcher.boolean("invert_match");
  const missingIsEmpty = matcher.boolean("treat_missing_header_as_empty");
  const specifier = matcher.which(
    "present_match",
    "string_match",
    "range_match",
    "safe_regex_match",
    ...Object.keys(OLD_COMPARISONS),
  );
  if (specifier === undefined || specifier === "present_match") {
    const wanted = matcher.boolean("present_match", true) !== invert;
    return { name, fits: (values) => (missingIsEmpty || values.length > 0) === wanted };
  }
  const fits = compileValueTest(matcher, specifier, problems);
  return {
    name,
    fits(values) {
      // A missing header fits nothing, not even an inverted test.
      if (values.length === 0) return missingIsEmpty && fits("") !== invert;
      return values.some(fits) !== invert;
    },
  };
}

function compileValueTest(matcher: Message, specifier: string, problems: RouteProblems): TextTest {
  if (specifier === "string_match") return compileStringMatcher(matcher.message("string_match")!, problems);
  if (specifier === "range_match") return int64Range(matcher.message("range_match")!);
  if (specifier === "safe_regex_match") {
    const regex = compileRegex(matcher.message("safe_regex_match"), matcher.path, problems);
    return (text) => regex.testExact(text);
  }
  const wanted = matcher.string(specifier);
  // Envoy: an old exact match with the empty text asks only for presence.
  if (specifier === "exact_match" && wanted === "") return () => true;
  return compareText(OLD_COMPARISONS[specifier]!, wanted);
}
