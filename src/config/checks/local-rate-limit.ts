import { durationOf, type JsonObject } from "../../decode/message.ts";
import { at, items, number, object, text } from "../json-access.ts";
import type { Check, Context } from "./context.ts";

/** Of a token bucket that is not always empty. */
const LEAST_FILL = "0.05s";
/** In the paths of what routes and virtual hosts say. */
const OF_ROUTE = "typed_per_filter_config";

/** `LocalRateLimit` of the filter or of a route: source/extensions/filters/http/local_ratelimit of Envoy 1.40. */
export const checkLocalRateLimit: Check = (filter, path, context) => {
  checkBucket(filter, path, context);
  checkFillInterval(filter, path, context);
  checkDescriptors(filter, path, context);
  checkRateLimits(filter, path, context);
  checkLocalCluster(filter, path, context);
};

function checkBucket(filter: JsonObject, path: string, { report }: Context): void {
  if (!path.includes(OF_ROUTE) || filter.token_bucket !== undefined) return;
  const message = "a local rate limit of a route or virtual host needs a token_bucket";
  report.error("required", path, message, "add token_bucket");
}

function checkFillInterval(message: JsonObject, path: string, { report }: Context): void {
  const interval = text(message, "token_bucket", "fill_interval");
  if (interval === "" || durationOf(interval) >= durationOf(LEAST_FILL)) return;
  if ((number(message, "token_bucket", "max_tokens") ?? 0) === 0) return;
  const complaint = `fill_interval must be at least ${LEAST_FILL}, not ${interval}`;
  report.error("out-of-range", `${path}.token_bucket.fill_interval`, complaint);
}

function checkDescriptors(filter: JsonObject, path: string, context: Context): void {
  const seen = new Set<string>();
  for (const [descriptor, where] of items(filter, path, "descriptors")) {
    checkFillInterval(descriptor, where, context);
    const entries = JSON.stringify(at(descriptor, "entries") ?? []);
    if (seen.has(entries))
      context.report.error("duplicate", where, "the same descriptor stands here twice", "remove one of them");
    seen.add(entries);
  }
}

/** Those that stand in the filter itself take less than those of routes (common/ratelimit_config). */
function checkRateLimits(filter: JsonObject, path: string, { report }: Context): void {
  for (const [limit, where] of items(filter, path, "rate_limits")) {
    for (const field of ["stage", "disable_key", "limit"] as const) {
      if (limit[field] === undefined || limit[field] === "") continue;
      const message = `${field} is not possible in rate_limits of the filter itself`;
      report.error("not-possible-here", `${where}.${field}`, message, `remove ${field}`);
    }
    const hits = object(limit, "hits_addend");
    if (hits === undefined || (hits.number === undefined) !== (text(hits, "format") === "")) continue;
    report.error("required", `${where}.hits_addend`, "hits_addend needs either number or format");
  }
}

function checkLocalCluster(filter: JsonObject, path: string, { report, bootstrap }: Context): void {
  if (filter.local_cluster_rate_limit === undefined) return;
  const where = `${path}.local_cluster_rate_limit`;
  if (filter.local_rate_limit_per_downstream_connection === true) {
    const message = "local_cluster_rate_limit excludes local_rate_limit_per_downstream_connection";
    report.error("not-possible-here", where, message, "remove one of them");
  } else if (text(bootstrap, "cluster_manager", "local_cluster_name") === "") {
    const message = "local_cluster_rate_limit needs to know the cluster of this proxy";
    report.error("required", where, message, "add cluster_manager.local_cluster_name");
  }
}
