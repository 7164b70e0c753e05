import type { JsonObject } from "../../decode/message.ts";
import { at, items, number, object } from "../json-access.ts";
import type { Checks, Context } from "./context.ts";

/** Sources: source/extensions/health_checkers of Envoy 1.40. */
export const healthCheckChecks: Checks = {
  "envoy.config.core.v3.HealthCheck.HttpHealthCheck": (check, path, context) => {
    for (const field of ["expected_statuses", "retriable_statuses"]) {
      for (const [range, where] of items(check, path, field)) checkStatuses(range, where, context);
    }
  },
  "envoy.config.cluster.v3.Cluster": (cluster, path, { report }) => {
    for (const [check, where] of items(cluster, path, "health_checks")) {
      if (check.grpc_health_check === undefined || speaksHttp2(cluster)) continue;
      const remedy = "set explicit_http_config.http2_protocol_options for the cluster";
      report.error(
        "not-possible-here",
        `${where}.grpc_health_check`,
        "gRPC health checks need a cluster that speaks HTTP/2",
        remedy,
      );
    }
  },
};

function checkStatuses(range: JsonObject, path: string, { report }: Context): void {
  const [start, end] = [number(range, "start") ?? 0, number(range, "end") ?? 0];
  if (start >= end) {
    report.error(
      "out-of-range",
      path,
      `the range of statuses [${start}, ${end}) is empty`,
      "end is the first status after it",
    );
  } else if (start < 100 || end > 600) report.error("out-of-range", path, "statuses must be from 100 to 599");
}

function speaksHttp2(cluster: JsonObject): boolean {
  if (cluster.http2_protocol_options !== undefined) return true;
  const all = Object.values(object(cluster, "typed_extension_protocol_options") ?? {});
  return all.some(
    (options) =>
      at(options, "explicit_http_config", "http2_protocol_options") !== undefined ||
      at(options, "use_downstream_protocol_config", "http2_protocol_options") !== undefined ||
      at(options, "auto_config") !== undefined,
  );
}
