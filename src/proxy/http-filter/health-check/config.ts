import { rememberLast } from "../../../http/remember-last.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import type { HttpFilterKind } from "../http-filter.ts";
import { HealthCheckCache } from "./health-check-cache.ts";
import { HealthCheckFilter } from "./health-check-filter.ts";
import { HealthCheckStats } from "./health-check-stats.ts";

export const healthCheck: HttpFilterKind = {
  type: "envoy.extensions.filters.http.health_check.v3.HealthCheck",
  read(config, _routeConfigs, reading) {
    const isAsked = rememberLast(reading.compileHeaderMatchers(config.messages("headers")));
    const passesThrough = config.boolean("pass_through_mode");
    const cacheTime = timerDuration(config, "cache_time", 0);
    const minimums = config
      .entries("cluster_min_healthy_percentages")
      .map(([cluster, percent]) => ({ cluster, percent: Math.trunc(percent.number("value", 0)) }))
      .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
    return (process) => {
      const stats = new HealthCheckStats(process.stats, process.statPrefix);
      const cache = cacheTime > 0 ? new HealthCheckCache(process.simulator, cacheTime) : null;
      const settings = { passesThrough, minimums, cache, stats, process };
      const others = process.ownHealth && new HealthCheckFilter(null, settings);
      return () => (request) => (isAsked(request.head) ? new HealthCheckFilter(request, settings) : others);
    };
  },
};
