import { number } from "../json-access.ts";
import type { Checks } from "./context.ts";
import { checkLocalRateLimit } from "./local-rate-limit.ts";

/** Checks of single HTTP filters: source/extensions/filters/http of Envoy 1.40. */
export const filterChecks: Checks = {
  "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit": checkLocalRateLimit,
  "envoy.extensions.filters.http.admission_control.v3.AdmissionControl": (filter, path, { report }) => {
    const threshold = number(filter, "sr_threshold", "default_value", "value");
    if (filter.sr_threshold === undefined || (threshold ?? 0) >= 1) return;
    report.error("out-of-range", `${path}.sr_threshold`, "sr_threshold must be at least 1 (percent)");
  },
  "envoy.config.route.v3.FilterConfig": (config, path, { report }) => {
    if (config.config !== undefined || config.disabled === true) return;
    report.error(
      "missing-config",
      path,
      "the FilterConfig has neither config nor disabled: true",
      "remove it or fill it in",
    );
  },
};
