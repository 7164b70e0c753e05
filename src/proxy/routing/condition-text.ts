import type { JsonObject } from "../../decode/message.ts";
import { cookieValue } from "../../http/cookie.ts";
import { queryParameter } from "../../http/query-parameter.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { asciiLowerCase } from "../matching/ascii.ts";

/**
 * A condition in words, for people who ask why a route did not fit. Worked out only when asked for, from the JSON
 * of its message, so that telling of a field does not count as simulating it.
 */
export interface ConditionText {
  /** What the condition wants, such as `header x-user is "7"`. */
  wants(): string;
  /** What the request has in that place, such as `x-user: 8`. */
  has(head: RequestHead): string;
}

/** Of the path specifier of a `route.v3.RouteMatch`. */
export function textOfPath(match: JsonObject): ConditionText {
  return { wants: () => wantedPath(match), has: ({ path }) => (path === "" ? "no path" : path) };
}

function wantedPath(match: JsonObject): string {
  const anyCase = match.case_sensitive === false ? ", in any case" : "";
  if (match.prefix !== undefined) return `path begins with ${quoted(match.prefix)}${anyCase}`;
  if (match.path !== undefined) return `path is ${quoted(match.path)}${anyCase}`;
  if (match.path_separated_prefix !== undefined)
    return `path is ${quoted(match.path_separated_prefix)} or below it${anyCase}`;
  if (match.safe_regex !== undefined) return `path fits the regex ${regexOf(match.safe_regex)}`;
  if (match.connect_matcher !== undefined) return "method is CONNECT";
  const policy = (match.path_match_policy as JsonObject | undefined)?.typed_config as JsonObject | undefined;
  if (policy?.path_template !== undefined) return `path fits the template ${String(policy.path_template)}`;
  return textOfAny(match);
}

export const TEXT_OF_GRPC: ConditionText = {
  wants: () => "the request is gRPC",
  has: (head) => shown("content-type", headerValues(head, "content-type")),
};

/** Of a `route.v3.HeaderMatcher`. */
export function textOfHeader(matcher: JsonObject): ConditionText {
  const name = asciiLowerCase(String(matcher.name ?? ""));
  return {
    wants: () => `header ${name} ${inverted(matcher, wantedOfHeader(matcher))}`,
    has: (head) => shown(name, headerValues(head, name)),
  };
}

function wantedOfHeader(matcher: JsonObject): string {
  const { range_match: range, present_match: present } = matcher;
  if (matcher.string_match !== undefined) return wantedText(matcher.string_match as JsonObject);
  if (range !== undefined) {
    const { start = 0, end = 0 } = range as { start?: unknown; end?: unknown };
    return `is a number from ${start} to below ${end}`;
  }
  const old = Object.keys(OLD_FIELDS).find((field) => matcher[field] !== undefined);
  if (old !== undefined) return wantedText({ [OLD_FIELDS[old]!]: matcher[old]! });
  return present === false ? "is missing" : "is there";
}

/** Old fields of a header matcher and the field of a string matcher that each stands for. */
const OLD_FIELDS: Readonly<Record<string, string>> = {
  exact_match: "exact",
  prefix_match: "prefix",
  suffix_match: "suffix",
  contains_match: "contains",
  safe_regex_match: "safe_regex",
};

/** Of a `route.v3.QueryParameterMatcher`. */
export function textOfQueryParameter(matcher: JsonObject): ConditionText {
  const name = String(matcher.name ?? "");
  const { string_match: pattern, present_match: present } = matcher;
  const wanted = () =>
    pattern !== undefined ? wantedText(pattern as JsonObject) : present === false ? "is missing" : "is there";
  return {
    wants: () => `query parameter ${name} ${wanted()}`,
    has: (head) => shownOne(name, queryParameter(head, name)),
  };
}

/** Of a `route.v3.CookieMatcher`. */
export function textOfCookie(matcher: JsonObject): ConditionText {
  const name = String(matcher.name ?? "");
  const wanted = () => inverted(matcher, wantedText((matcher.string_match ?? {}) as JsonObject));
  return {
    wants: () => `cookie ${name} ${wanted()}`,
    has: (head) => shownOne(name, cookieValue(head, name)),
  };
}

/** Of conditions without words of their own: what is configured. */
export function textOfOther(field: string, value: unknown): ConditionText {
  return { wants: () => `${field} ${textOfAny(value)}`, has: () => "cannot be told from a request" };
}

/** Of a `matcher.v3.StringMatcher`. */
function wantedText(matcher: JsonObject): string {
  const anyCase = matcher.ignore_case === true ? ", in any case" : "";
  if (matcher.exact !== undefined) return `is ${quoted(matcher.exact)}${anyCase}`;
  if (matcher.prefix !== undefined) return `begins with ${quoted(matcher.prefix)}${anyCase}`;
  if (matcher.suffix !== undefined) return `ends with ${quoted(matcher.suffix)}${anyCase}`;
  if (matcher.contains !== undefined) return `contains ${quoted(matcher.contains)}${anyCase}`;
  if (matcher.safe_regex !== undefined) return `fits the regex ${regexOf(matcher.safe_regex)}`;
  return `fits ${textOfAny(matcher)}`;
}

function inverted(matcher: JsonObject, wanted: string): string {
  return matcher.invert_match === true ? `not: ${wanted}` : wanted;
}

function regexOf(matcher: unknown): string {
  return String((matcher as { regex?: unknown }).regex ?? "");
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

function textOfAny(value: unknown): string {
  return JSON.stringify(value);
}

function shown(name: string, values: readonly string[]): string {
  return values.length === 0 ? `no ${name}` : `${name}: ${values.join(", ")}`;
}

function shownOne(name: string, value: string | undefined): string {
  return value === undefined ? `no ${name}` : `${name}=${value}`;
}
