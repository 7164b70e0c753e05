import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
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
import { compileHeaderMatcher } from "./header-matcher.ts";
import { compilePathMatcher, type MatchedPart } from "./path-matcher.ts";
import type { PeerCertificate } from "./peer-certificate.ts";
import { compileQueryParameterMatcher } from "./query-parameter-matcher.ts";
import { compileTlsContextMatcher } from "./tls-context-matcher.ts";

/** One of the conditions of a route. */
export interface RouteCondition extends ConditionText {
  readonly fits: ConditionTest;
}

export type ConditionTest = (head: RequestHead, certificate: PeerCertificate) => boolean;

/** When a route applies: everything that the head decides, and the share of requests if it is limited. */
export interface RouteConditions {
  readonly fits: ConditionTest;
  /** What `fits` asks, in its order; for explanations. */
  readonly conditions: readonly RouteCondition[];
  /** Absent: all requests. */
  readonly fraction: Fraction | undefined;
  readonly matchedPart: MatchedPart;
}

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
    ...tlsContext(match),
    ...match
      .messages("dynamic_metadata")
      .map((matcher) => other("dynamic_metadata", matcher, withoutMetadata)),
    ...match.messages("filter_state").map((matcher) => other("filter_state", matcher, withoutFilterState)),
  ];
  const fraction = match.message("runtime_fraction");
  return {
    fits: (head, certificate) => conditions.every(({ fits }) => fits(head, certificate)),
    conditions,
    fraction: fraction === undefined ? undefined : readRuntimeFraction(fraction, runtime),
    matchedPart: path.matchedPart,
  };
}

function condition(fits: ConditionTest, { wants, has }: ConditionText): RouteCondition {
  return { fits, wants, has };
}

function tlsContext(match: Message): RouteCondition[] {
  const options = match.message("tls_context");
  if (options === undefined) return [];
  const fits = compileTlsContextMatcher(options);
  return [condition((_head, certificate) => fits(certificate), textOfOther("tls_context", options.json))];
}

function other(
  field: string,
  matcher: Message,
  compile: (matcher: Message) => ConditionTest,
): RouteCondition {
  return condition(compile(matcher), textOfOther(field, matcher.json));
}

/**
 * Routes are chosen before any HTTP filter has run, so that a request has no metadata: no value matcher fits
 * what is missing, and `invert` turns that round (Envoy 1.40, source/common/common/matchers.cc).
 */
function withoutMetadata(matcher: Message): ConditionTest {
  for (const field of ["filter", "path", "value"]) matcher.raw(field);
  const invert = matcher.boolean("invert");
  return () => invert;
}

/** For the same reason it has no filter state; what is missing never fits. */
function withoutFilterState(matcher: Message): ConditionTest {
  for (const field of ["key", "string_match", "address_match"]) matcher.raw(field);
  return () => false;
}

function isGrpc(head: RequestHead): boolean {
  const contentType = headerValues(head, "content-type")[0] ?? "";
  return (
    head.path !== "" && (contentType === "application/grpc" || contentType.startsWith("application/grpc+"))
  );
}
