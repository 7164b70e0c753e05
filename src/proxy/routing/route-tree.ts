import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { asciiLowerCase } from "../matching/ascii.ts";
import { compileMatcherTree, type Input, type MatcherTree } from "../matching/matcher-tree.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import type { Runtime } from "../runtime/runtime.ts";

const HEADER_INPUT = "envoy.type.matcher.v3.HttpRequestHeaderMatchInput";
const FILTER_STATE_INPUT = "envoy.extensions.matching.common_inputs.network.v3.FilterStateInput";

/**
 * Compiles `VirtualHost.matcher`, which leads to a `route.v3.Route` or `route.v3.RouteList`; the conditions of
 * the routes count as well. Only request headers, and filter state, which requests do not have when they are
 * routed, may be looked at (Envoy 1.40, source/common/router/matcher_visitor.cc).
 */
export function compileRouteTree<Route>(
  matcher: Message,
  compile: (route: Message, index: number) => Route,
  runtime: Runtime,
  problems: RouteProblems,
): MatcherTree<RequestHead, readonly Route[]> {
  return compileMatcherTree(matcher, {
    input: readHeaderInput,
    action: (config) => compileAction(config, compile),
    runtime,
    problems,
  });
}

/** Repeated headers are joined. */
function readHeaderInput(config: Message): Input<RequestHead> | undefined {
  const input = config.message("typed_config");
  if (input?.typeName === FILTER_STATE_INPUT) {
    input.string("key");
    return () => undefined;
  }
  if (input?.typeName !== HEADER_INPUT) return undefined;
  const name = asciiLowerCase(input.string("header_name"));
  return (head) => {
    const values = headerValues(head, name);
    return values.length === 0 ? undefined : values.join(",");
  };
}

function compileAction<Route>(
  config: Message,
  compile: (route: Message, index: number) => Route,
): readonly Route[] | undefined {
  config.string("name");
  const action = config.message("typed_config");
  switch (action?.typeName) {
    case "envoy.config.route.v3.Route":
      return [compile(action, 0)];
    case "envoy.config.route.v3.RouteList":
      return action.messages("routes").map(compile);
    default:
      return undefined;
  }
}
