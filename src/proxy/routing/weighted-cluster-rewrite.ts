import type { Message } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { compileHeaderMutation } from "./header-mutation.ts";
import type { RouteEntry } from "./route-match.ts";

/**
 * The route for requests that go to an entry of weighted clusters: the entry changes them before the route does,
 * whatever `most_specific_header_mutations_wins` says, and its `host_rewrite_literal` leaves no trace in
 * `x-envoy-original-host` (Envoy 1.40, source/common/router/weighted_cluster_specifier.cc). The same route when the
 * entry changes nothing.
 */
export function routeOfWeightedCluster(entry: Message, route: RouteEntry): RouteEntry {
  const mutate = compileHeaderMutation(entry);
  const host = entry.string("host_rewrite_literal");
  if (mutate === null && host === "") return route;
  // The route remembers by the identity of heads, so that each must be changed only once.
  const changed = new WeakMap<RequestHead, RequestHead>();
  const change = (head: RequestHead): RequestHead => {
    const mutated = mutate?.(head) ?? head;
    const result = host === "" ? mutated : { ...mutated, authority: host };
    changed.set(head, result);
    return result;
  };
  return { ...route, rewrite: (head) => route.rewrite(changed.get(head) ?? change(head)) };
}
