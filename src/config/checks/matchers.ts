import { RE2JS } from "re2js";
import { at, text } from "../json-access.ts";
import type { Checks } from "./context.ts";

/** Sources: source/common/common/regex.cc, matchers.h of Envoy 1.40. */
export const matcherChecks: Checks = {
  "envoy.type.matcher.v3.RegexMatcher": (matcher, path, { report }) => {
    const fault = regexFault(text(matcher, "regex"));
    if (fault === undefined) return;
    const remedy = /perl operator|\(\?/.test(fault) ? "RE2 has no look-around and no back-references" : "";
    report.error("bad-regex", `${path}.regex`, `this is not a regular expression of RE2: ${fault}`, remedy);
  },
  "envoy.type.matcher.v3.StringMatcher": (matcher, path, { report }) => {
    if (matcher.safe_regex === undefined || at(matcher, "ignore_case") !== true) return;
    const remedy = "remove it and begin the expression with (?i)";
    report.error(
      "not-possible-here",
      `${path}.ignore_case`,
      "ignore_case has no effect on safe_regex",
      remedy,
    );
  },
};

function regexFault(regex: string): string | undefined {
  try {
    RE2JS.compile(regex);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.replace(/^error parsing regexp: /, "");
  }
}
