import { durationOf, type JsonObject } from "../../decode/message.ts";
import { at, items, number, text } from "../json-access.ts";
import type { Checks, Context } from "./context.ts";

/** Checks of single HTTP filters: source/extensions/filters/http of Envoy 1.40. */
export const filterChecks: Checks = {
  "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit": (filter, path, context) => {
    checkFillInterval(filter, path, context);
    checkDescriptors(filter, path, context);
  },
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

function checkFillInterval(filter: JsonObject, path: string, { report }: Context): void {
  const interval = text(filter, "token_bucket", "fill_interval");
  if (interval === "" || durationOf(interval) >= durationOf("0.05s")) return;
  const message = `fill_interval must be at least 0.05s, not ${interval}`;
  report.error("out-of-range", `${path}.token_bucket.fill_interval`, message);
}

function checkDescriptors(filter: JsonObject, path: string, context: Context): void {
  const seen = new Set<string>();
  for (const [descriptor, where] of items(filter, path, "descriptors")) {
    const entries = JSON.stringify(at(descriptor, "entries") ?? []);
    if ((number(descriptor, "token_bucket", "max_tokens") ?? 0) !== 0)
      checkFillInterval(descriptor, where, context);
    if (seen.has(entries))
      context.report.error("duplicate", where, "the same descriptor stands here twice", "remove one of them");
    seen.add(entries);
  }
}
