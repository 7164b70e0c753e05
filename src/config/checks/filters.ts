import { items, number } from "../json-access.ts";
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
  "envoy.extensions.filters.http.admission_control.v3.AdmissionControl.SuccessCriteria.HttpCriteria": (
    criteria,
    path,
    { report },
  ) => {
    for (const [range, where] of items(criteria, path, "http_success_status")) {
      const [start, end] = [number(range, "start") ?? 0, number(range, "end") ?? 0];
      if (start >= 100 && start < 600 && end >= start && end <= 600) continue;
      const message = `${start} to ${end} is not a range of HTTP statuses: they begin at 100 and end at 600`;
      report.error("out-of-range", where, message);
    }
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
