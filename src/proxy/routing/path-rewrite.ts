import type { Message } from "../../decode/message.ts";
import { replaceAll } from "../../http/replace-all.ts";
import { compileRegex } from "../matching/regex.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import { barePath, endOfBarePath } from "./bare-path.ts";
import type { MatchedPart } from "./path-matcher.ts";

/** The new path with query, or the empty text, which leaves the path as it is. */
export type PathRewrite = (path: string) => string;

/**
 * Compiles `prefix_rewrite` or `regex_rewrite`, which a route action and a redirect have alike: the first
 * replaces the part that the route matched, the second every match in the bare path. Query and fragment stay
 * (Envoy 1.40, source/common/router/config_impl.cc). Undefined when neither is set.
 */
export function compilePathRewrite(
  action: Message,
  matchedPart: MatchedPart,
  problems: RouteProblems,
): PathRewrite | undefined {
  const prefix = action.string("prefix_rewrite");
  if (prefix !== "") return (path) => prefix + path.slice(matchedPart(path).length);
  const rewrite = action.message("regex_rewrite");
  if (rewrite === undefined) return undefined;
  const regex = compileRegex(rewrite.message("pattern"), rewrite.path, problems);
  const substitution = rewrite.string("substitution");
  return (path) => {
    const bare = replaceAll(regex, barePath(path), substitution);
    return bare === "" ? "" : bare + path.slice(endOfBarePath(path));
  };
}
