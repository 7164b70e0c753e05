import type { JsonObject } from "../../decode/message.ts";
import { messageType } from "../descriptors.ts";
import { items, object, text } from "../json-access.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";
import { checkRouteReferences } from "./route-references.ts";

/** Sources: source/extensions/filters/network/http_connection_manager/config.cc, source/common/http/filter_chain_helper.cc. */
export const connectionManagerChecks: Checks = {
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager": (
    manager,
    path,
    context,
  ) => {
    checkHttpFilters(items(manager, path, "http_filters"), context);
    checkUpgrades(manager, path, context);
    const table = object(manager, "route_config");
    // An inline table is checked unless it says otherwise; one that is discovered is not.
    if (table !== undefined && table.validate_clusters !== false) {
      checkRouteReferences(table, `${path}.route_config`, context);
    }
    checkScopedRoutes(manager, path, context);
  },
  "envoy.config.route.v3.RouteAction": checkUpgrades,
};

function checkScopedRoutes(manager: JsonObject, path: string, context: Context): void {
  const list = object(manager, "scoped_routes", "scoped_route_configurations_list");
  const at = `${path}.scoped_routes.scoped_route_configurations_list`;
  for (const [scope, where] of items(list, at, "scoped_route_configurations")) {
    const table = object(scope, "route_configuration");
    if (table !== undefined && table.validate_clusters !== false)
      checkRouteReferences(table, `${where}.route_configuration`, context);
  }
}

type Filters = [filter: JsonObject, path: string][];

const UPSTREAM_CODEC = "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";

/** Exactly the last filter answers requests, and it cannot be switched off. */
function checkHttpFilters(filters: Filters, { report }: Context): void {
  for (const [index, [filter, path]] of filters.entries()) {
    const last = index === filters.length - 1;
    const type = typeOf(filter);
    const name = text(filter, "name") || type;
    if (type === UPSTREAM_CODEC) {
      const remedy = "it belongs into the http_filters of a cluster";
      report.error("unknown-extension", `${path}.typed_config`, "UpstreamCodec is for hosts only", remedy);
    } else if (isTerminal(type) && !last) {
      report.error(
        "filter-order",
        path,
        `"${name}" ends the filter chain and must be the last HTTP filter`,
        "move it to the end",
      );
    } else if (last && isTerminal(type) && filter.disabled === true) {
      report.error(
        "not-possible-here",
        `${path}.disabled`,
        `"${name}" ends the filter chain and cannot be disabled`,
      );
    } else if (last && isKnown(type) && !isTerminal(type) && filter.config_discovery === undefined) {
      const remedy = "add envoy.extensions.filters.http.router.v3.Router as the last one";
      report.error(
        "filter-order",
        path,
        `"${name}" cannot be the last HTTP filter: nothing sends the request on`,
        remedy,
      );
    }
  }
}

function typeOf(filter: JsonObject): string {
  return anyType(object(filter, "typed_config") ?? {});
}

function isKnown(type: string): boolean {
  return (
    type.startsWith("envoy.extensions.filters.http.") &&
    messageType(type) !== undefined &&
    !/dynamic_modules/.test(type)
  );
}

function isTerminal(type: string): boolean {
  return /^envoy\.extensions\.filters\.http\.(router|upstream_codec|mcp_router)\./.test(type);
}

function checkUpgrades(message: JsonObject, path: string, { report }: Context): void {
  const seen = new Set<string>();
  for (const [upgrade, where] of items(message, path, "upgrade_configs")) {
    const type = text(upgrade, "upgrade_type");
    if (seen.has(type.toLowerCase())) {
      report.error(
        "duplicate",
        `${where}.upgrade_type`,
        `the upgrade "${type}" stands here twice`,
        "remove one of them",
      );
    }
    seen.add(type.toLowerCase());
  }
}
