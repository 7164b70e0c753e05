import { object, text } from "../json-access.ts";
import type { Checks } from "./context.ts";
import { checkClusterExists } from "./references.ts";

/** Sources: zipkin_tracer_impl.cc and datadog/tracer.cc in source/extensions/tracers of Envoy 1.40. */
export const tracerChecks: Checks = {
  "envoy.config.trace.v3.ZipkinConfig": (zipkin, path, context) => {
    const service = object(zipkin, "collector_service", "http_uri");
    if (service !== undefined) {
      const at = `${path}.collector_service.http_uri.cluster`;
      checkClusterExists(text(service, "cluster"), at, context);
      return;
    }
    for (const field of ["collector_cluster", "collector_endpoint"]) {
      if (text(zipkin, field) !== "") continue;
      const remedy = `add ${field}, or collector_service`;
      context.report.error("required", path, `the Zipkin tracer needs ${field}`, remedy);
      return;
    }
    checkClusterExists(text(zipkin, "collector_cluster"), `${path}.collector_cluster`, context);
  },
  "envoy.config.trace.v3.DatadogConfig": (datadog, path, context) =>
    checkClusterExists(text(datadog, "collector_cluster"), `${path}.collector_cluster`, context),
};
