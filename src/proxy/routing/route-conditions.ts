import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { type Fraction, readRuntimeFraction } from "../runtime/fraction.ts";
import type { Runtime } from "../runtime/runtime.ts";
import {
  type ConditionText,
  TEXT_OF_GRPC,
  textOfCookie,
  textOfHeader,
  textOfOther,
  textOfPath,
  textOfQueryParameter,
} from "./condition-text.ts";
import { compileCookieMatcher } from "./cookie-matcher.ts";
import { compileHeaderMatcher, type HeadTest } from "./header-matcher.ts";
import { compilePathMatcher, type MatchedPart } from "./path-matcher.ts";
import { compileQueryParameterMatcher } from "./query-parameter-matcher.ts";
import type { RouteProblems } from "./route-problems.ts";

/** One of the conditions of a route. */
export interface RouteCondition extends ConditionText {
  readonly fits: HeadTest;
}

/** When a route applies: everything that the head decides, and the share of requests if it is limited. */
export interface RouteConditions {
  readonly fits: HeadTest;
  /** What `fits` asks, in its order; for explanations. */
  readonly conditions: readonly RouteCondition[];
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
  const conditions = [
    condition(path.fits, textOfPath(match.json)),
    ...(match.has("grpc") ? [condition(isGrpc, TEXT_OF_GRPC)] : []),
    ...match
      .messages("headers")
      .map((matcher) => condition(compileHeaderMatcher(matcher, problems), textOfHeader(matcher.json))),
    ...match
      .messages("query_parameters")
      .map((matcher) =>
        condition(compileQueryParameterMatcher(matcher, problems), textOfQueryParameter(matcher.json)),
      ),
    ...match
      .messages("cookies")
      .map((matcher) => condition(compileCookieMatcher(matcher, problems), textOfCookie(matcher.json))),
    ...NEED_MORE_THAN_HEAD.filter((field) => isSet(match, field)).map((field) =>
      condition(
        problems.conditionNotModelled(`${match.path}.${field}`, field),
        textOfOther(field, match.json[field]),
      ),
    ),
  ];
  const tests = conditions.map(({ fits }) => fits);
  const fraction = match.message("runtime_fraction");
  return {
    fits: (head) => tests.every((test) => test(head)),
    conditions,
    fraction: fraction === undefined ? undefined : readRuntimeFraction(fraction, runtime),
    matchedPart: path.matchedPart,
  };
}

function condition(fits: HeadTest, { wants, has }: ConditionText): RouteCondition {
  return { fits, wants, has };
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
