import type { Message } from "../../decode/message.ts";
import { cookieValue } from "../../http/cookie.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import { compileStringMatcher } from "../matching/string-matcher.ts";
import type { HeadTest } from "./header-matcher.ts";

/** Compiles a `route.v3.CookieMatcher`; a missing cookie fits an inverted matcher, unlike a missing header. */
export function compileCookieMatcher(matcher: Message, problems: RouteProblems): HeadTest {
  const name = matcher.string("name");
  const invert = matcher.boolean("invert_match");
  const pattern = matcher.message("string_match");
  const fits =
    pattern === undefined
      ? problems.conditionNotModelled(matcher.path, "a cookie without string_match")
      : compileStringMatcher(pattern, problems);
  return (head) => {
    const value = cookieValue(head, name);
    return (value !== undefined && fits(value)) !== invert;
  };
}
