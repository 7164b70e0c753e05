import type { HttpFilterKind } from "../http-filter.ts";
import { FaultFilter } from "./fault-filter.ts";
import { FaultSettings } from "./fault-settings.ts";
import { FaultStats } from "./fault-stats.ts";

export const fault: HttpFilterKind = {
  type: "envoy.extensions.filters.http.fault.v3.HTTPFault",
  read(config, routeConfigs, reading) {
    const general = new FaultSettings(config, reading);
    const ofRoutes = new Map(routeConfigs.map((message) => [message, new FaultSettings(message, reading)]));
    return ({ simulator, stats, statPrefix }) => {
      const faultStats = new FaultStats(stats, statPrefix, general.countsDownstreamClusters);
      return (random) => (request, routeConfig) => {
        const settings = routeConfig === undefined ? general : ofRoutes.get(routeConfig)!;
        return new FaultFilter(request, settings, faultStats, simulator, random);
      };
    };
  },
};
