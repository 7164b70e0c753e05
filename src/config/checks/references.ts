import { nearest } from "../../decode/nearest.ts";
import { at, items, object, text } from "../json-access.ts";
import type { Context } from "./context.ts";

/** Whether a static cluster of this name exists; reports it at `path` when not. */
export function checkClusterExists(
  name: string,
  path: string,
  { clusters, clustersAreKnown, report }: Context,
): void {
  if (!clustersAreKnown || clusters.has(name)) return;
  const near = nearest(name, clusters.keys());
  const remedy = near === undefined ? knownClusters([...clusters.keys()]) : `did you mean "${near}"?`;
  report.error("unknown-cluster", path, `there is no cluster "${name}"`, remedy);
}

function knownClusters(names: readonly string[]): string {
  if (names.length === 0) return "add it to static_resources.clusters";
  const more = names.length > 6 ? ", ..." : "";
  return `add it to static_resources.clusters; there are ${names.slice(0, 6).join(", ")}${more}`;
}

/** Cluster names are unique; the local cluster exists. */
export function checkClusterNames(context: Context): void {
  const { bootstrap, report } = context;
  const seen = new Set<string>();
  for (const [cluster, path] of items(bootstrap.static_resources, "static_resources", "clusters")) {
    const name = text(cluster, "name");
    if (seen.has(name) && name !== "") {
      report.error(
        "duplicate-name",
        `${path}.name`,
        `there are two clusters named "${name}"`,
        "rename one of them",
      );
    }
    seen.add(name);
  }
  const local = text(bootstrap, "cluster_manager", "local_cluster_name");
  if (local !== "") checkClusterExists(local, "cluster_manager.local_cluster_name", context);
}

/**
 * Whoever asks for resources needs a name. Only a warning: Envoy takes it from the command line as well, and
 * that is what most do.
 */
export function checkNode({ bootstrap, report }: Context): void {
  if (text(bootstrap, "node", "id") !== "" && text(bootstrap, "node", "cluster") !== "") return;
  const asking = object(bootstrap, "dynamic_resources") === undefined ? [] : ["dynamic_resources"];
  for (const [cluster, path] of items(bootstrap.static_resources, "static_resources", "clusters")) {
    const source = at(cluster, "eds_cluster_config", "eds_config");
    if (source !== undefined && text(cluster, "type") === "EDS") asking.push(`${path}.eds_cluster_config`);
  }
  if (asking.length === 0) return;
  const message = "resources come from outside, but node.id and node.cluster are not both set";
  report.warning(
    "missing-node",
    asking[0]!,
    message,
    "set them, or give Envoy --service-node and --service-cluster",
  );
}
