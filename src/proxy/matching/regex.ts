import { RE2JS } from "re2js";
import type { Message } from "../../decode/message.ts";
import type { RouteProblems } from "./route-problems.ts";

/**
 * Compiles a `matcher.v3.RegexMatcher`, whose language is RE2. A text that is not valid is rejected; the
 * expression returned for it does not count.
 */
export function compileRegex(matcher: Message | undefined, path: string, problems: RouteProblems): RE2JS {
  try {
    return RE2JS.compile(matcher?.string("regex") ?? "");
  } catch (error) {
    problems.reject(matcher?.path ?? path, error instanceof Error ? error.message : String(error));
    return RE2JS.compile("");
  }
}
