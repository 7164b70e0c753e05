import type { Message } from "../../decode/message.ts";
import type { ClusterSpecifier } from "./cluster-choice.ts";
import { clusterFromHeader } from "./cluster-header.ts";
import { compileWeightedClusters, type WeightedRoute } from "./weighted-clusters.ts";

/** Compiles the cluster specifier of a `route.v3.RouteAction`. */
export function compileClusterSpecifier(action: Message, route: WeightedRoute): ClusterSpecifier {
  const specifier = action.which(
    "cluster",
    "cluster_header",
    "weighted_clusters",
    "cluster_specifier_plugin",
    "inline_cluster_specifier_plugin",
  );
  switch (specifier) {
    case "cluster": {
      const name = action.string("cluster");
      return () => name;
    }
    case "cluster_header":
      return clusterFromHeader(action.string("cluster_header"));
    case "weighted_clusters":
      return compileWeightedClusters(action.message("weighted_clusters")!, route);
    default:
      route.problems.actionNotModelled(action.path, specifier ?? "a route without a cluster");
      return () => "";
  }
}
