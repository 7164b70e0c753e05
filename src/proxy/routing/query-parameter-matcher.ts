import type { Message } from "../../decode/message.ts";
import { queryParameter } from "../../http/query-parameter.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import { compileStringMatcher, type TextTest } from "../matching/string-matcher.ts";
import type { HeadTest } from "./header-matcher.ts";

/**
 * Compiles a `route.v3.QueryParameterMatcher`: only the first value of a repeated parameter counts, and
 * nothing is percent-decoded (Envoy 1.40, source/common/router/config_utility.cc).
 */
export function compileQueryParameterMatcher(matcher: Message, problems: RouteProblems): HeadTest {
  const name = matcher.string("name");
  switch (matcher.which("present_match", "string_match")) {
    case "present_match": {
      const wanted = matcher.boolean("present_match");
      return (head) => (queryParameter(head, name) !== undefined) === wanted;
    }
    case "string_match": {
      const fits: TextTest = compileStringMatcher(matcher.message("string_match")!, problems);
      return (head) => {
        const value = queryParameter(head, name);
        return value !== undefined && fits(value);
      };
    }
    default:
      return (head) => queryParameter(head, name) !== undefined;
  }
}
