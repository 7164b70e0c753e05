import { NO_HEADERS } from "../network/stream.ts";
import type { Exchange } from "./exchange.ts";
import { isGrpc } from "./grpc-status.ts";
import type { HttpManagerStats } from "./http-manager-stats.ts";
import type { RouteMatch } from "./routing/route-match.ts";

/** The route is a direct response or a redirect. */
export function answerDirectly(
  exchange: Exchange,
  stats: HttpManagerStats,
  { status, body, location }: RouteMatch & { kind: "direct" },
): void {
  stats.rqDirectResponse.value++;
  const headers = location === undefined ? NO_HEADERS : new Map([["location", location]]);
  exchange.replyLocally(status, body, "direct_response", headers);
}

export function answerWithoutRoute(exchange: Exchange, stats: HttpManagerStats): void {
  stats.noRoute.value++;
  exchange.setFlag("NR");
  exchange.replyLocally(404, "", "route_not_found");
}

/** The path is not fit for routing. `redirectTo`: what it should have been; undefined: it cannot be mended. */
export function refusePath(
  exchange: Exchange,
  stats: HttpManagerStats,
  redirectTo: string | undefined,
): void {
  // gRPC clients follow no redirects: Envoy refuses their requests.
  if (redirectTo === undefined || isGrpc(exchange.downstream.head)) {
    stats.downstreamRqFailedPathNormalization.value++;
    exchange.replyLocally(400, "", "path_normalization_failed");
  } else {
    stats.downstreamRqRedirectedWithNormalizedPath.value++;
    exchange.replyLocally(307, "", "path_normalization_failed", new Map([["location", redirectTo]]));
  }
}
