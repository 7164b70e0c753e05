import type { Message } from "../../decode/message.ts";
import { replaceAll } from "../../http/replace-all.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { asciiLowerCase } from "../matching/ascii.ts";
import { compileRegex } from "../matching/regex.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import { barePath } from "./bare-path.ts";
import type { HeaderMutation } from "./header-mutation.ts";
import type { PathRewrite } from "./path-rewrite.ts";

const FORWARDED_HOST = "x-forwarded-host";

export type RequestRewrite = (head: RequestHead) => RequestHead;

/**
 * Compiles how a `route.v3.RouteAction` changes a request on its way upstream: first the headers by `mutations`,
 * in their order, then the host, then the path by `rewritePath`. The old
 * values go along as `x-envoy-original-host` and `x-envoy-original-path`. Each head is rewritten once, so
 * that whoever receives the result can remember things by its identity.
 */
export function compileRequestRewrite(
  action: Message,
  rewritePath: PathRewrite | undefined,
  mutations: readonly HeaderMutation[],
  problems: RouteProblems,
): RequestRewrite {
  const rewriteHost = compileHostRewrite(action, problems);
  if (rewriteHost === undefined && rewritePath === undefined && mutations.length === 0) return (head) => head;
  const appendsForwardedHost = action.boolean("append_x_forwarded_host");
  const rewritten = new WeakMap<RequestHead, RequestHead>();
  return (head) => {
    let result = rewritten.get(head);
    if (result === undefined) {
      const mutated = mutations.reduce((before, mutate) => mutate(before), head);
      const moved = withHost(mutated, rewriteHost?.(mutated) ?? "", appendsForwardedHost);
      result = withPath(moved, rewritePath?.(head.path) ?? "");
      rewritten.set(head, result);
    }
    return result;
  };
}

/** The new host; the empty text leaves it. Only one of the fields can be set. */
function compileHostRewrite(
  action: Message,
  problems: RouteProblems,
): ((head: RequestHead) => string) | undefined {
  switch (action.which("host_rewrite_literal", "host_rewrite_header", "host_rewrite_path_regex")) {
    case "host_rewrite_literal": {
      const host = action.string("host_rewrite_literal");
      return () => host;
    }
    case "host_rewrite_header": {
      const name = asciiLowerCase(action.string("host_rewrite_header"));
      return (head) => headerValues(head, name)[0] ?? "";
    }
    case "host_rewrite_path_regex": {
      const rewrite = action.message("host_rewrite_path_regex")!;
      const regex = compileRegex(rewrite.message("pattern"), rewrite.path, problems);
      const substitution = rewrite.string("substitution");
      return (head) => replaceAll(regex, barePath(head.path), substitution);
    }
    default:
      return undefined;
  }
}

function withHost(head: RequestHead, host: string, appendsForwardedHost: boolean): RequestHead {
  if (host === "") return head;
  const old = head.authority;
  if (old === "") return { ...head, authority: host };
  const headers = new Map(head.headers).set("x-envoy-original-host", [old]);
  const forwarded = headers.get(FORWARDED_HOST) ?? [];
  const isLast = forwarded.join(",").split(",").at(-1)?.trim() === old;
  if (appendsForwardedHost && !isLast) headers.set(FORWARDED_HOST, [[...forwarded, old].join(",")]);
  return { ...head, authority: host, headers };
}

function withPath(head: RequestHead, path: string): RequestHead {
  if (path === "") return head;
  return { ...head, path, headers: withHeader(head, "x-envoy-original-path", head.path) };
}

function withHeader(head: RequestHead, name: string, value: string): RequestHead["headers"] {
  return new Map(head.headers).set(name, [value]);
}
