import type { JsonObject } from "../../decode/message.ts";
import { at, items, object, text } from "../json-access.ts";
import { discoveryOf } from "./clusters.ts";
import type { Checks, Context } from "./context.ts";
import { checkClusterExists } from "./references.ts";

/** Sources: source/common/config/utility.cc, subscription_factory_impl.cc of Envoy 1.40. */
export const configSourceChecks: Checks = {
  "envoy.config.bootstrap.v3.Bootstrap.DynamicResources": (resources, path, context) => {
    // Listeners and clusters may come from a cluster that is itself discovered; the aggregated stream may not.
    checkClusters(object(resources, "ads_config"), `${path}.ads_config`, context, false);
    for (const field of ["lds_config", "cds_config"]) {
      checkClusters(
        object(resources, field, "api_config_source"),
        `${path}.${field}.api_config_source`,
        field === "lds_config" ? onlyWarning(context) : context,
        true,
      );
    }
  },
  "envoy.config.cluster.v3.Cluster.EdsClusterConfig": (config, path, context) => {
    const source = object(config, "eds_config", "api_config_source");
    checkClusters(source, `${path}.eds_config.api_config_source`, context, false);
  },
  "envoy.config.core.v3.ApiConfigSource": (source, path, context) => {
    refuseV2(source, "transport_api_version", path, context);
    checkApiConfigSource(source, path, context);
  },
  "envoy.config.core.v3.ConfigSource": (source, path, context) =>
    refuseV2(source, "resource_api_version", path, context),
  "envoy.config.ratelimit.v3.RateLimitServiceConfig": (config, path, context) =>
    refuseV2(config, "transport_api_version", path, context),
};

/** Envoy looks at the listeners' source when it starts, not when it validates. */
function onlyWarning(context: Context): Context {
  const { warning } = context.report;
  return { ...context, report: { error: warning, warning } };
}

/** The clusters of a config source are static; only where `discovered` may they be EDS clusters. */
function checkClusters(
  source: JsonObject | undefined,
  path: string,
  context: Context,
  discovered: boolean,
): void {
  const check = (name: string, where: string): void => {
    checkClusterExists(name, where, context);
    const cluster = context.clusters.get(name);
    if (discovered || cluster === undefined || discoveryOf(cluster) !== "EDS") return;
    const message = `the cluster "${name}" is itself discovered over EDS`;
    const remedy = "a config source needs a cluster with a fixed or DNS address";
    context.report.error("not-possible-here", where, message, remedy);
  };
  for (const [service, where] of items(source, path, "grpc_services")) {
    const name = text(service, "envoy_grpc", "cluster_name");
    if (name !== "") check(name, `${where}.envoy_grpc.cluster_name`);
  }
  const names = (at(source, "cluster_names") as string[] | undefined) ?? [];
  for (const [index, name] of names.entries()) check(name, `${path}.cluster_names[${index}]`);
}

function refuseV2(message: JsonObject, field: string, path: string, { report }: Context): void {
  if (text(message, field) !== "V2") return;
  report.error(
    "bad-enum",
    `${path}.${field}`,
    "Envoy 1.40 does not speak version 2 of its API",
    `set ${field}: V3`,
  );
}

/** Who is asked has to fit the type, which must be told, since its default is withdrawn. */
function checkApiConfigSource(source: JsonObject, path: string, context: Context): void {
  const tell = (LATE_SOURCES.test(path) ? onlyWarning(context) : context).report.error;
  const type = text(source, "api_type");
  const services = items(source, path, "grpc_services").length;
  const names = (at(source, "cluster_names") as string[] | undefined)?.length ?? 0;
  if (type === "") tell("required", path, "the config source has no api_type", "add api_type: GRPC");
  else if (services + names === 0)
    tell(
      "required",
      path,
      "the config source has nobody to ask",
      "add grpc_services, or cluster_names for REST",
    );
  else if (type.endsWith("GRPC") && services > 1)
    tell(
      "too-many",
      `${path}.grpc_services`,
      "a config source of a gRPC type has one of grpc_services",
      "leave one",
    );
  else if (type === "REST" && names !== 1)
    tell("too-many", `${path}.cluster_names`, "a REST config source has one of cluster_names", "leave one");
  if (type === "REST" && source.refresh_delay === undefined)
    tell("required", path, "a REST config source needs refresh_delay");
}

/** Sources that Envoy looks at when it starts, not when it validates. */
const LATE_SOURCES = /^(dynamic_resources\.lds_config|hds_config|cluster_manager\.load_stats_config)\b/;
