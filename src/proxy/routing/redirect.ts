import type { Message } from "../../decode/message.ts";
import { portStart } from "../../http/authority.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import { forwardedProto } from "./forwarded-proto.ts";
import type { MatchedPart } from "./path-matcher.ts";
import { compilePathRewrite, type PathRewrite } from "./path-rewrite.ts";

/** Where a redirect leads; empty texts leave that part of the request's own URL. */
export interface RedirectTarget {
  readonly scheme: string;
  readonly host: string;
  /** With its colon. */
  readonly port: string;
  readonly path: string;
  readonly stripQuery: boolean;
  readonly rewritePath: PathRewrite | undefined;
}

/** The request's own URL. */
export const SAME_URL: RedirectTarget = {
  scheme: "",
  host: "",
  port: "",
  path: "",
  stripQuery: false,
  rewritePath: undefined,
};

const STATUS: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

export function redirectStatus(redirect: Message): number {
  return STATUS[redirect.enum<string>("response_code", "MOVED_PERMANENTLY")]!;
}

/** Compiles a `route.v3.RedirectAction`. */
export function compileRedirectTarget(
  redirect: Message,
  matchedPart: MatchedPart,
  problems: RouteProblems,
): RedirectTarget {
  const https = redirect.boolean("https_redirect") ? "https" : "";
  const port = redirect.number("port_redirect", 0);
  return {
    scheme: redirect.string("scheme_redirect") || https,
    host: redirect.string("host_redirect"),
    port: port === 0 ? "" : `:${port}`,
    path: redirect.string("path_redirect"),
    stripQuery: redirect.boolean("strip_query"),
    rewritePath: compilePathRewrite(redirect, matchedPart, problems),
  };
}

/** The `location` header of a redirect (Envoy 1.40, source/common/http/utility.cc: newUri). */
export function redirectLocation(target: RedirectTarget, head: RequestHead): string {
  const scheme = target.scheme || head.scheme;
  const host = target.host || hostOf(head, scheme, target.port);
  return `${scheme}://${host}${target.port}${pathOf(target, head)}`;
}

/** The request's host, without a port that is replaced or that was the default of the scheme left behind. */
function hostOf(head: RequestHead, scheme: string, newPort: string): string {
  const host = head.authority;
  const start = portStart(host);
  if (start < 0) return host;
  const proto = forwardedProto(head);
  const isDefault =
    (proto === "https" && host.slice(start) === ":443") || (proto === "http" && host.slice(start) === ":80");
  return newPort !== "" || (scheme !== proto && isDefault) ? host.slice(0, start) : host;
}

function pathOf(target: RedirectTarget, head: RequestHead): string {
  // A path_redirect with a query of its own replaces the request's query and is never stripped.
  if (target.path.includes("?")) return absolute(target.path);
  const query = head.path.indexOf("?");
  const path =
    target.path === ""
      ? target.rewritePath?.(head.path) || head.path
      : target.path + (query < 0 ? "" : head.path.slice(query));
  return absolute(target.stripQuery ? path.replace(/\?.*$/s, "") : path);
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}
