import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { compileRegex } from "../matching/regex.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import { compareText } from "../matching/string-matcher.ts";
import { barePath, withoutPathParameters } from "./bare-path.ts";
import type { HeadTest } from "./header-matcher.ts";
import { compileUriTemplate } from "./uri-template.ts";

const URI_TEMPLATE = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";

/** The part of a path that a route's prefix_rewrite replaces. */
export type MatchedPart = (path: string) => string;

export interface PathMatcher {
  /** Whether the path specifier of the route holds. */
  readonly fits: HeadTest;
  readonly matchedPart: MatchedPart;
}

/** Compiles the path specifier of a `route.v3.RouteMatch` (Envoy 1.40, source/common/router/config_impl.cc). */
export function compilePathMatcher(
  match: Message,
  ignorePathParameters: boolean,
  problems: RouteProblems,
): PathMatcher {
  const ignoreCase = !match.boolean("case_sensitive", true);
  const pathOf = (head: RequestHead) =>
    barePath(ignorePathParameters ? withoutPathParameters(head.path) : head.path);
  const specifier = match.which(
    "prefix",
    "path",
    "safe_regex",
    "path_separated_prefix",
    "connect_matcher",
    "path_match_policy",
  );
  switch (specifier) {
    case "prefix":
    case "path": {
      const wanted = match.string(specifier);
      const fits = compareText(specifier === "prefix" ? "prefix" : "exact", wanted, ignoreCase);
      return { fits: (head) => hasPath(head) && fits(pathOf(head)), matchedPart: lengthOf(wanted) };
    }
    case "path_separated_prefix":
      return separatedPrefix(match.string(specifier), ignoreCase, ignorePathParameters);
    case "safe_regex": {
      const regex = compileRegex(match.message("safe_regex"), match.path, problems);
      return { fits: (head) => hasPath(head) && regex.testExact(pathOf(head)), matchedPart: barePath };
    }
    case "path_match_policy":
      return uriTemplate(match, problems);
    case "connect_matcher":
      return { fits: isConnect, matchedPart: barePath };
    default:
      return {
        fits: problems.conditionNotModelled(match.path, specifier ?? "a route without a path specifier"),
        matchedPart: barePath,
      };
  }
}

function uriTemplate(match: Message, problems: RouteProblems): PathMatcher {
  const text = pathTemplateOf(match);
  if (text === undefined) {
    const { path } = match.message("path_match_policy")!;
    return { fits: problems.conditionNotModelled(path, "path_match_policy"), matchedPart: barePath };
  }
  const template = compileUriTemplate(text);
  return { fits: (head) => hasPath(head) && template.testExact(barePath(head.path)), matchedPart: barePath };
}

/** The URI template of a `route.v3.RouteMatch`; undefined: it has none. */
export function pathTemplateOf(match: Message): string | undefined {
  const policy = match.message("path_match_policy");
  policy?.string("name");
  const config = policy?.message("typed_config");
  return config?.typeName === URI_TEMPLATE ? config.string("path_template") : undefined;
}

/** Envoy removes the query first here, and only then path parameters. */
function separatedPrefix(wanted: string, ignoreCase: boolean, ignorePathParameters: boolean): PathMatcher {
  const fits = compareText("prefix", wanted, ignoreCase);
  return {
    fits: (head) => {
      if (!hasPath(head)) return false;
      const bare = barePath(head.path);
      const path = ignorePathParameters ? withoutPathParameters(bare) : bare;
      return fits(path) && (path.length === wanted.length || path[wanted.length] === "/");
    },
    matchedPart: lengthOf(wanted),
  };
}

/** Case may differ, so that the length decides what was matched. */
function lengthOf(wanted: string): MatchedPart {
  return (path) => path.slice(0, wanted.length);
}

/** A plain CONNECT has no path and is only for routes with a connect_matcher. */
function hasPath(head: RequestHead): boolean {
  return head.path !== "";
}

/** CONNECT, or an upgrade to connect-udp. */
function isConnect(head: RequestHead): boolean {
  return head.method === "CONNECT" || headerValues(head, "upgrade")[0]?.toLowerCase() === "connect-udp";
}
