import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { type Fraction, readRuntimeFraction } from "../runtime/fraction.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { compileCookieMatcher } from "./cookie-matcher.ts";
import { compileHeaderMatcher, type HeadTest } from "./header-matcher.ts";
import { compilePathMatcher, type MatchedPart } from "./path-matcher.ts";
import { compileQueryParameterMatcher } from "./query-parameter-matcher.ts";
import type { RouteProblems } from "./route-problems.ts";

/** When a route applies: everything that the head decides, and the share of requests if it is limited. */
export interface RouteConditions {
  readonly fits: HeadTest;
  /** Absent: all requests. */
  readonly fraction: Fraction | undefined;
  readonly matchedPart: MatchedPart;
}

/** Conditions that need more than the request's head. */
const NEED_MORE_THAN_HEAD = ["tls_context", "dynamic_metadata", "filter_state"];

/** Compiles a `route.v3.RouteMatch`; all of its conditions must hold. */
export function compileRouteConditions(
  match: Message,
  ignorePathParameters: boolean,
  runtime: Runtime,
  problems: RouteProblems,
): RouteConditions {
  const path = compilePathMatcher(match, ignorePathParameters, problems);
  const tests = [
    path.fits,
    ...(match.has("grpc") ? [isGrpc] : []),
    ...match.messages("headers").map((matcher) => compileHeaderMatcher(matcher, problems)),
    ...match.messages("query_parameters").map((matcher) => compileQueryParameterMatcher(matcher, problems)),
    ...match.messages("cookies").map((matcher) => compileCookieMatcher(matcher, problems)),
    ...NEED_MORE_THAN_HEAD.filter((field) => isSet(match, field)).map((field) =>
      problems.conditionNotModelled(`${match.path}.${field}`, field),
    ),
  ];
  const fraction = match.message("runtime_fraction");
  return {
    fits: (head) => tests.every((test) => test(head)),
    fraction: fraction === undefined ? undefined : readRuntimeFraction(fraction, runtime),
    matchedPart: path.matchedPart,
  };
}

/** An empty list sets nothing. */
function isSet(match: Message, field: string): boolean {
  const value = match.raw(field);
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function isGrpc(head: RequestHead): boolean {
  const contentType = headerValues(head, "content-type")[0] ?? "";
  return (
    head.path !== "" && (contentType === "application/grpc" || contentType.startsWith("application/grpc+"))
  );
}
