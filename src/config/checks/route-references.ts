import type { JsonObject } from "../../decode/message.ts";
import { items, object, text } from "../json-access.ts";
import type { Context } from "./context.ts";
import { checkClusterExists } from "./references.ts";

/** Every cluster that an inline route table names must be a static one. */
export function checkRouteReferences(table: JsonObject, path: string, context: Context): void {
  checkMirrors(table, path, context);
  for (const [host, hostPath] of items(table, path, "virtual_hosts")) {
    checkMirrors(host, hostPath, context);
    for (const [route, routePath] of items(host, hostPath, "routes")) {
      const action = object(route, "route");
      if (action !== undefined) checkAction(action, `${routePath}.route`, context);
    }
  }
}

function checkAction(action: JsonObject, path: string, context: Context): void {
  if (text(action, "cluster") !== "") checkClusterExists(text(action, "cluster"), `${path}.cluster`, context);
  const weighted = `${path}.weighted_clusters`;
  for (const [cluster, where] of items(action.weighted_clusters, weighted, "clusters")) {
    const name = text(cluster, "name");
    if (name !== "") checkClusterExists(name, `${where}.name`, context);
  }
  checkMirrors(action, path, context);
}

function checkMirrors(message: JsonObject, path: string, context: Context): void {
  for (const [policy, where] of items(message, path, "request_mirror_policies")) {
    const name = text(policy, "cluster");
    if (name !== "") checkClusterExists(name, `${where}.cluster`, context);
  }
}
