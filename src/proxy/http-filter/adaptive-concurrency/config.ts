import { readFeatureFlag } from "../../runtime/feature-flag.ts";
import type { HttpFilterKind } from "../http-filter.ts";
import { errorStatus } from "../shared/error-status.ts";
import { AdaptiveConcurrencyFilter } from "./adaptive-concurrency-filter.ts";
import { GradientController } from "./gradient-controller.ts";
import { readGradientSettings } from "./gradient-settings.ts";
import { GradientStats } from "./gradient-stats.ts";

export const adaptiveConcurrency: HttpFilterKind = {
  type: "envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency",
  read(config, _routeConfigs, { runtime }) {
    const isEnabled = readFeatureFlag(config.message("enabled"), runtime);
    const status = errorStatus(config.message("concurrency_limit_exceeded_status"), 503);
    const settings = readGradientSettings(config.message("gradient_controller_config")!, runtime);
    return ({ simulator, stats, statPrefix, random, whenStarted }) => {
      const gradientStats = new GradientStats(stats, statPrefix);
      const controller = new GradientController(settings, gradientStats, simulator, random);
      whenStarted(controller);
      return () => (request) =>
        isEnabled ? new AdaptiveConcurrencyFilter(request, controller, simulator, status) : null;
    };
  },
};
