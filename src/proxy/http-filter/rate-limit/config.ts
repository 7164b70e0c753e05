import type { HttpFilterKind } from "../http-filter.ts";
import { RateLimitFilter } from "./rate-limit-filter.ts";
import { RateLimitSettings, RouteRateLimitSettings } from "./rate-limit-settings.ts";
import { RateLimitStats } from "./rate-limit-stats.ts";

/** The global rate limit: a service is asked about requests. */
export const rateLimit: HttpFilterKind = {
  type: "envoy.extensions.filters.http.ratelimit.v3.RateLimit",
  routeType: "envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute",
  read(config, routeConfigs, reading) {
    const settings = new RateLimitSettings(config, reading);
    const general = { settings, route: undefined };
    const ofRoutes = new Map(
      routeConfigs.map((message) => [
        message,
        { settings, route: new RouteRateLimitSettings(message, reading) },
      ]),
    );
    return (process) => {
      const stats = new RateLimitStats(process, settings.statPrefix);
      return (random) => (request, routeConfig) => {
        // Without a route to an existing cluster nothing is counted.
        const ofCluster = request.routedCluster === null ? undefined : stats.ofCluster(request.routedCluster);
        if (ofCluster === undefined) return null;
        const onRoute = routeConfig === undefined ? general : ofRoutes.get(routeConfig)!;
        return new RateLimitFilter(request, onRoute, ofCluster, random, process.nodeCluster);
      };
    };
  },
};
