import type { JsonObject } from "../../decode/message.ts";
import { denominatorOf } from "../../proxy/runtime/fraction.ts";
import { number, object, text } from "../json-access.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";

const FORWARD = ".clusters.dynamic_forward_proxy.v3.ClusterConfig";

/** Sources: source/extensions/clusters/{original_dst,dynamic_forward_proxy}, upstream_impl.cc of Envoy 1.40. */
export const providedClusterChecks: Checks = {
  "envoy.config.cluster.v3.Cluster": (cluster, path, context) => {
    checkOriginalDestination(cluster, path, context);
    checkForward(cluster, path, context);
  },
  "envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload": checkDrop,
  "envoy.extensions.load_balancing_policies.subset.v3.Subset": (subset, path, { report }) => {
    if (subset.subset_lb_policy !== undefined) return;
    const message = "a subset policy needs a policy that chooses among the hosts of a subset";
    report.error("required", path, message, "set subset_lb_policy");
  },
};

function checkOriginalDestination(cluster: JsonObject, path: string, { report }: Context): void {
  const custom = object(cluster, "cluster_type");
  const type = custom === undefined ? text(cluster, "type") : text(custom, "name");
  if (type !== "ORIGINAL_DST" && type !== "envoy.cluster.original_dst") return;
  if (cluster.load_assignment !== undefined) {
    const message = "an original destination cluster lists no endpoints";
    report.error("not-possible-here", `${path}.load_assignment`, message, "remove load_assignment");
  }
  const [options, where] =
    custom === undefined
      ? [object(cluster, "original_dst_lb_config"), `${path}.original_dst_lb_config`]
      : [object(custom, "typed_config"), `${path}.cluster_type.typed_config`];
  const header = text(options, "http_header_name");
  if (header === "" || options?.use_http_header === true) return;
  const message = `http_header_name is "${header}", but use_http_header is not set`;
  report.error("not-possible-here", `${where}.http_header_name`, message, "set use_http_header: true");
}

function checkForward(cluster: JsonObject, path: string, { report }: Context): void {
  const options = object(cluster, "cluster_type", "typed_config");
  if (options === undefined || !anyType(options).endsWith(FORWARD)) return;
  if (text(cluster, "lb_policy") !== "CLUSTER_PROVIDED" && cluster.load_balancing_policy === undefined) {
    const message = `the cluster "${text(cluster, "name")}" chooses its hosts itself and needs lb_policy: CLUSTER_PROVIDED`;
    report.error("bad-policy", `${path}.lb_policy`, message, "set lb_policy: CLUSTER_PROVIDED");
  }
  if (text(object(options, "sub_clusters_config"), "lb_policy") !== "CLUSTER_PROVIDED") return;
  const where = `${path}.cluster_type.typed_config.sub_clusters_config.lb_policy`;
  const message = "sub-clusters cannot have lb_policy CLUSTER_PROVIDED";
  report.error("bad-policy", where, message, "name a policy such as ROUND_ROBIN");
}

function checkDrop(drop: JsonObject, path: string, { report }: Context): void {
  const percentage = object(drop, "drop_percentage");
  const numerator = number(percentage, "numerator") ?? 0;
  const denominator = denominatorOf(text(percentage, "denominator"));
  if (numerator <= denominator) return;
  const message = `drop_percentage is ${numerator} of ${denominator}, more than everything`;
  report.error("out-of-range", `${path}.drop_percentage.numerator`, message, `write at most ${denominator}`);
}
