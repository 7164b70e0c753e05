import type { HttpFilterKind } from "../http-filter.ts";
import { BandwidthLimit, readBandwidthLimit } from "./bandwidth-limit.ts";
import { BandwidthLimitFilter } from "./bandwidth-limit-filter.ts";

export const bandwidthLimit: HttpFilterKind = {
  type: "envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit",
  read(config, routeConfigs, { runtime }) {
    const general = readBandwidthLimit(config, runtime);
    const ofRoutes = routeConfigs.map((message) => [message, readBandwidthLimit(message, runtime)] as const);
    return ({ simulator, stats }) => {
      const limit = new BandwidthLimit(general, stats, simulator);
      const routeLimits = new Map(
        ofRoutes.map(([message, own]) => [message, new BandwidthLimit(own, stats, simulator)]),
      );
      return () => (request, routeConfig) => {
        const chosen = routeConfig === undefined ? limit : routeLimits.get(routeConfig)!;
        return chosen.settings.isEnabled ? new BandwidthLimitFilter(request, chosen) : null;
      };
    };
  },
};
