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

/**
 * Replaces every match as RE2's global replace does: `\1` to `\9` stand for groups, `\0` for the whole match
 * and `\\` for a backslash; an empty match right after another match does not count.
 */
export function replaceAll(regex: RE2JS, text: string, substitution: string): string {
  const matcher = regex.matcher(text);
  let result = "";
  let copied = 0;
  let lastEnd = -1;
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    if (start === end && start === lastEnd) continue;
    result += text.slice(copied, start);
    result += substitution.replace(/\\([0-9\\])/g, (_, what: string) =>
      what === "\\" ? "\\" : (matcher.group(Number(what)) ?? ""),
    );
    copied = lastEnd = end;
  }
  return result + text.slice(copied);
}
