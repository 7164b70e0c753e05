import type { Message } from "../../decode/message.ts";

/**
 * What the levels of a route table say of HTTP filters, by the filters' names; those that hold for a request, the most
 * specific first: weighted cluster, route, virtual host, table.
 */
export type FilterLevels = readonly ReadonlyMap<string, Message>[];

/** `rate_limits` of a route and its virtual host: lists of `route.v3.RateLimit`. */
export interface RouteRateLimits {
  readonly own: readonly Message[];
  readonly ofVirtualHost: readonly Message[];
  /** Whether those of the virtual host count besides its own. */
  readonly includesVirtualHost: boolean;
}
