import { durationOf, type JsonObject } from "../../decode/message.ts";
import { at, items, number, object, text } from "../json-access.ts";
import type { Checks, Context } from "./context.ts";

/** Sources: source/common/router/config_impl.cc, retry_policy_impl.cc of Envoy 1.40. */
export const routeChecks: Checks = {
  "envoy.config.route.v3.WeightedCluster": checkWeights,
  "envoy.config.route.v3.WeightedCluster.ClusterWeight": checkClusterWeight,
  "envoy.config.route.v3.RouteAction.RequestMirrorPolicy": (policy, path, { report }) => {
    const [cluster, header] = [text(policy, "cluster"), text(policy, "cluster_header")];
    if (cluster !== "" && header !== "") {
      report.error(
        "two-of-one",
        path,
        "a mirror policy has either cluster or cluster_header, not both",
        "remove one of them",
      );
    } else if (cluster === "" && header === "") {
      report.error("required", path, "a mirror policy needs cluster or cluster_header");
    }
  },
  "envoy.config.route.v3.RouteConfiguration": checkBodies,
  "envoy.config.route.v3.RetryPolicy.RetryBackOff": checkBackOff,
};

/** Weights are added in 32 bits. */
const LARGEST_SUM = 2 ** 32 - 1;

function checkWeights(weighted: JsonObject, path: string, { report }: Context): void {
  const clusters = items(weighted, path, "clusters");
  if (clusters.length === 0 || clusters.some(([cluster]) => cluster.weight === undefined)) return;
  const sum = clusters.reduce((total, [cluster]) => total + number(cluster, "weight")!, 0);
  if (sum === 0) report.error("out-of-range", path, "the weights add up to 0", "give one cluster a weight");
  if (sum > LARGEST_SUM)
    report.error("out-of-range", path, `the weights add up to ${sum}; at most ${LARGEST_SUM} is possible`);
}

function checkClusterWeight(cluster: JsonObject, path: string, { report }: Context): void {
  const [name, header] = [text(cluster, "name"), text(cluster, "cluster_header")];
  if (cluster.weight === undefined) {
    report.error("required", path, `the weighted cluster "${name || header}" has no weight`, "add weight");
  }
  if (name === "" && header === "")
    report.error("required", path, "a weighted cluster needs name or cluster_header");
  if (name !== "" && header !== "") {
    report.error(
      "two-of-one",
      path,
      "a weighted cluster has either name or cluster_header, not both",
      "remove one of them",
    );
  }
}

function checkBodies(table: JsonObject, path: string, { report }: Context): void {
  const most = number(table, "max_direct_response_body_size_bytes") ?? 4096;
  for (const [host, hostPath] of items(table, path, "virtual_hosts")) {
    for (const [route, routePath] of items(host, hostPath, "routes")) {
      const body = object(route, "direct_response", "body");
      const size =
        Buffer.byteLength(text(body, "inline_string")) +
        Buffer.byteLength(text(body, "inline_bytes"), "base64");
      if (size <= most) continue;
      const message = `the body has ${size} bytes; at most ${most} are possible`;
      const remedy = "raise max_direct_response_body_size_bytes of the route table";
      report.error("too-large", `${routePath}.direct_response.body`, message, remedy);
    }
  }
}

function checkBackOff(backOff: JsonObject, path: string, { report }: Context): void {
  const [base, most] = [at(backOff, "base_interval"), at(backOff, "max_interval")];
  if (base === undefined || most === undefined || durationOf(String(most)) >= durationOf(String(base)))
    return;
  report.error(
    "out-of-range",
    `${path}.max_interval`,
    `max_interval (${most}) must not be below base_interval (${base})`,
  );
}
