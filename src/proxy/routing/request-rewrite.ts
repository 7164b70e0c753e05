import type { Message } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { MatchedPart } from "./path-matcher.ts";
import { compilePathRewrite } from "./path-rewrite.ts";
import type { RouteProblems } from "./route-problems.ts";

export type RequestRewrite = (head: RequestHead) => RequestHead;

/**
 * Compiles how a `route.v3.RouteAction` changes host and path of a request on its way upstream. The old
 * values go along as `x-envoy-original-host` and `x-envoy-original-path`. Each head is rewritten once, so
 * that whoever receives the result can remember things by its identity.
 */
export function compileRequestRewrite(
  action: Message,
  matchedPart: MatchedPart,
  problems: RouteProblems,
): RequestRewrite {
  const host = action.string("host_rewrite_literal");
  const rewritePath = compilePathRewrite(action, matchedPart, problems);
  if (host === "" && rewritePath === undefined) return (head) => head;
  const rewritten = new WeakMap<RequestHead, RequestHead>();
  return (head) => {
    let result = rewritten.get(head);
    if (result === undefined) {
      result = withPath(withHost(head, host), rewritePath?.(head.path) ?? "");
      rewritten.set(head, result);
    }
    return result;
  };
}

function withHost(head: RequestHead, host: string): RequestHead {
  if (host === "") return head;
  const headers =
    head.authority === "" ? head.headers : withHeader(head, "x-envoy-original-host", head.authority);
  return { ...head, authority: host, headers };
}

function withPath(head: RequestHead, path: string): RequestHead {
  if (path === "") return head;
  return { ...head, path, headers: withHeader(head, "x-envoy-original-path", head.path) };
}

function withHeader(head: RequestHead, name: string, value: string): RequestHead["headers"] {
  return new Map(head.headers).set(name, [value]);
}
