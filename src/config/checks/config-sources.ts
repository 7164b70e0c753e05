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
        context,
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
    checkApiType(source, path, context);
    if (text(source, "api_type") !== "REST" || source.refresh_delay !== undefined) return;
    context.report.error("required", path, "a REST config source needs refresh_delay");
  },
  "envoy.config.core.v3.ConfigSource": (source, path, context) =>
    refuseV2(source, "resource_api_version", path, context),
  "envoy.config.ratelimit.v3.RateLimitServiceConfig": (config, path, context) =>
    refuseV2(config, "transport_api_version", path, context),
};

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

/**
 * One gRPC service at most speaks any of the gRPC types; the type must be told, since its default is withdrawn. Only a
 * warning for listeners: Envoy looks at their source when it starts, not when it validates.
 */
function checkApiType(source: JsonObject, path: string, { report }: Context): void {
  const tell = path.startsWith("dynamic_resources.lds_config") ? report.warning : report.error;
  if (source.api_type === undefined) {
    tell("required", path, "the config source has no api_type", "add api_type: GRPC");
    return;
  }
  if (!text(source, "api_type").endsWith("GRPC") || items(source, path, "grpc_services").length < 2) return;
  const message = "a config source of a gRPC type has one of grpc_services at most";
  tell("too-many", `${path}.grpc_services`, message, "leave one");
}
