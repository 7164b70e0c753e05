import type { HttpFilterKind } from "../http-filter.ts";
import { LocalRateLimit } from "./local-rate-limit.ts";
import { LocalRateLimitFilter } from "./local-rate-limit-filter.ts";
import { LocalRateLimitSettings } from "./local-rate-limit-settings.ts";

export const localRateLimit: HttpFilterKind = {
  type: "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
  read(config, routeConfigs, { runtime }) {
    const general = new LocalRateLimitSettings(config, runtime);
    const ofRoutes = routeConfigs.map(
      (message) => [message, new LocalRateLimitSettings(message, runtime)] as const,
    );
    return (process) => {
      const limit = new LocalRateLimit(general, process);
      const routeLimits = new Map(
        ofRoutes.map(([message, own]) => [message, new LocalRateLimit(own, process)]),
      );
      return (random) => (request, routeConfig) => {
        const chosen = routeConfig === undefined ? limit : routeLimits.get(routeConfig)!;
        return new LocalRateLimitFilter(request, chosen, process.simulator, random);
      };
    };
  },
};
