import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import type { HeadTest } from "./header-matcher.ts";
import type { RouteProblems } from "./route-problems.ts";
import { compileStringMatcher } from "./string-matcher.ts";

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
    const value = cookie(head, name);
    return (value !== undefined && fits(value)) !== invert;
  };
}

/** The first value of a cookie, without quotes around it (Envoy 1.40, source/common/http/utility.cc). */
function cookie(head: RequestHead, name: string): string | undefined {
  for (const line of headerValues(head, "cookie"))
    for (const part of line.split(";")) {
      const equals = part.indexOf("=");
      if (equals >= 0 && part.slice(0, equals).replace(/^ +/, "") === name)
        return part.slice(equals + 1).replace(/^"(.*)"$/s, "$1");
    }
  return undefined;
}
