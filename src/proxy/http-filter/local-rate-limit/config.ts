import type { HttpFilterKind } from "../http-filter.ts";
import { LocalRateLimit } from "./local-rate-limit.ts";
import { LocalRateLimitFilter } from "./local-rate-limit-filter.ts";
import { LocalRateLimitSettings } from "./local-rate-limit-settings.ts";
import type { LocalRateLimiter } from "./local-rate-limiter.ts";

export const localRateLimit: HttpFilterKind = {
  type: "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
  read(config, routeConfigs, reading) {
    const general = new LocalRateLimitSettings(config, reading);
    const ofRoutes = routeConfigs.map(
      (message) => [message, new LocalRateLimitSettings(message, reading)] as const,
    );
    return (process) => {
      const ofConnections = new WeakMap<object, LocalRateLimiter>();
      const limit = new LocalRateLimit(general, process, ofConnections);
      const routeLimits = new Map(
        ofRoutes.map(([message, own]) => [message, new LocalRateLimit(own, process, ofConnections)]),
      );
      return (random) => (request, routeConfig) => {
        const chosen = routeConfig === undefined ? limit : routeLimits.get(routeConfig)!;
        return new LocalRateLimitFilter(request, chosen, process.simulator, random);
      };
    };
  },
};
