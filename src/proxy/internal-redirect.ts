import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHeaders } from "../network/stream.ts";
import type { InternalRedirectPolicy, RedirectPredicate } from "./routing/internal-redirect-policy.ts";
import type { RouteMatch } from "./routing/route-match.ts";

/** Why a redirect is passed on: the names of Envoy's counters, and an answer that does not say where to go. */
export type RedirectFailure =
  | "bad_location"
  | "unsafe_scheme"
  | "too_many_redirects"
  | "no_route"
  | "predicate"
  | "no location";

/** What has been redirected of one request so far. */
export class RedirectHistory {
  count = 0;
  /** By the name of the route that redirected: where to. */
  readonly targets = new Map<string, Set<string>>();
}

/** An answer that a policy lets the proxy follow. */
export interface Redirect {
  readonly policy: InternalRedirectPolicy;
  readonly routeName: string;
  /** As the request was sent upstream. */
  readonly head: RequestHead;
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly history: RedirectHistory;
}

/** Parts of an absolute URL as Envoy's parser finds them. */
const ABSOLUTE_URL = /^([A-Za-z]+):\/\/(?:[^@/?#]*@)?((?:\[[0-9A-Fa-f:.%]+\]|[\w.-]+)(?::\d+)?)([/?#].*)?$/;

/**
 * The head of the request that follows a redirect, or why it is not followed. The history is brought up to date
 * (Envoy 1.40, Filter::convertRequestHeadersForInternalRedirect).
 */
export function followRedirect(
  { policy, routeName, head, status, headers, history }: Redirect,
  routeOf: (head: RequestHead) => RouteMatch,
): RequestHead | RedirectFailure {
  const location = headers.get("location");
  if (location === undefined) return "no location";
  const [, scheme, authority, rest] = ABSOLUTE_URL.exec(location) ?? [];
  if (scheme === undefined) return "bad_location";
  const fromHttps = !isHttp(head.scheme);
  const toHttps = !isHttp(scheme);
  if (fromHttps !== toHttps && !policy.allowsCrossScheme) return "unsafe_scheme";
  if (history.count >= policy.max) return "too_many_redirects";
  const path = (rest ?? "/").split("#", 1)[0]!;
  const moved = { ...withCopied(head, headers, policy.headersToCopy), scheme, authority: authority!, path };
  const match = routeOf(moved);
  if (match.kind === "none") return "no_route";
  const target = match.kind === "route" ? match.route.name : match.routeName;
  const isAccepted = policy.predicates.every((predicate) =>
    accepts(predicate, routeName, target, fromHttps || !toHttps, history),
  );
  if (!isAccepted) return "predicate";
  history.count++;
  const original = `${fromHttps ? "https" : "http"}://${head.authority}${head.path}`;
  return withoutBodyAfter(status, {
    ...moved,
    headers: new Map(moved.headers).set("x-envoy-original-url", [original]),
  });
}

function isHttp(scheme: string): boolean {
  return scheme.toLowerCase() === "http";
}

function accepts(
  predicate: RedirectPredicate,
  from: string,
  to: string,
  isSafe: boolean,
  { targets }: RedirectHistory,
): boolean {
  switch (predicate.kind) {
    case "safe-cross-scheme":
      return isSafe;
    case "allow-listed":
      return predicate.routes.includes(to);
    case "previous-routes": {
      const known = targets.get(from) ?? new Set();
      if (known.has(to)) return false;
      targets.set(from, known.add(to));
      return true;
    }
  }
}

/** The request with these headers as the answer has them: those that it has not are taken away. */
function withCopied(head: RequestHead, from: ResponseHeaders, names: readonly string[]): RequestHead {
  if (names.length === 0) return head;
  const headers = new Map(head.headers);
  for (const name of names) {
    const value = from.get(name);
    if (value === undefined) headers.delete(name);
    else headers.set(name, [value]);
  }
  return { ...head, headers };
}

/** "See other" is asked for with GET (RFC 7231, section 6.4.4). */
function withoutBodyAfter(status: number, head: RequestHead): RequestHead {
  const { method } = head;
  if (status !== 303 || method === "GET" || method === "HEAD") return head;
  const headers = new Map(head.headers);
  headers.delete("content-length");
  return { ...head, method: "GET", headers, bodyBytes: 0 };
}
