import type { JsonObject } from "../../decode/message.ts";
import { nearest } from "../../decode/nearest.ts";
import { at, items, object, text } from "../json-access.ts";
import type { Report } from "../report.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";

/** Sources: source/common/upstream/upstream_impl.cc and cluster_factory_impl.cc of Envoy 1.40. */
export const clusterChecks: Checks = {
  "envoy.config.cluster.v3.Cluster": (cluster, path, context) => {
    checkDiscovery(cluster, path, context);
    checkLogicalDns(cluster, path, context);
    checkProtocolOptions(cluster, path, context);
  },
  "envoy.config.cluster.v3.CircuitBreakers": (breakers, path, { report }) => {
    for (const [thresholds, at] of items(breakers, path, "per_host_thresholds")) {
      for (const field of Object.keys(thresholds)) {
        if (field === "max_connections" || field === "priority") continue;
        const message = `${field} is not possible in per_host_thresholds`;
        report.error("not-possible-here", `${at}.${field}`, message, "only max_connections is");
      }
    }
  },
};

/** The kind of discovery: the type, or the name of the extension. */
export function discoveryOf(cluster: JsonObject): string {
  const custom = object(cluster, "cluster_type");
  return custom === undefined ? text(cluster, "type") || "STATIC" : text(custom, "name");
}

function checkDiscovery(cluster: JsonObject, path: string, { report }: Context): void {
  const type = discoveryOf(cluster);
  const eds = type === "EDS" || type === "envoy.cluster.eds";
  if (eds && at(cluster, "eds_cluster_config", "eds_config") === undefined) {
    const remedy = "say in eds_cluster_config.eds_config where its endpoints come from";
    report.error("missing-eds-config", path, `the EDS cluster ${label(cluster)} has no eds_config`, remedy);
  }
  if (!eds && cluster.eds_cluster_config !== undefined) {
    const message = `eds_cluster_config is set, but the cluster ${label(cluster)} is ${type}`;
    report.error("not-possible-here", `${path}.eds_cluster_config`, message, "set type: EDS or remove it");
  }
}

/** It resolves one name. */
function checkLogicalDns(cluster: JsonObject, path: string, { report }: Context): void {
  if (discoveryOf(cluster) !== "LOGICAL_DNS") return;
  const assignment = `${path}.load_assignment`;
  const localities = items(cluster.load_assignment, assignment, "endpoints");
  const endpoints = localities.flatMap(([locality, at]) => items(locality, at, "lb_endpoints"));
  if (localities.length === 1 && endpoints.length === 1) return;
  const message = `the LOGICAL_DNS cluster ${label(cluster)} must have one endpoint, not ${endpoints.length}`;
  report.error("too-many", assignment, message, "use type: STRICT_DNS for several");
}

/** Protocol options are found by their key, which names who reads them: source/common/upstream/upstream_impl.cc. */
const PROTOCOL_OPTIONS = [
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
  "envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions",
  "envoy.extensions.upstreams.http.reverse_tunnel.v3.ReverseTunnelUpstreamCodecOptions",
  "envoy.filters.network.redis_proxy",
  "envoy.filters.network.thrift_proxy",
];

function refuseOptions(key: string, path: string, report: Report): void {
  const near = nearest(key, PROTOCOL_OPTIONS);
  const remedy =
    near === undefined ? `HTTP options stand under ${PROTOCOL_OPTIONS[0]}` : `did you mean "${near}"?`;
  report.error("unknown-extension", path, `no extension of Envoy reads options named "${key}"`, remedy);
}

function checkProtocolOptions(cluster: JsonObject, path: string, { report }: Context): void {
  for (const [key, value] of Object.entries(object(cluster, "typed_extension_protocol_options") ?? {})) {
    const at_ = `${path}.typed_extension_protocol_options.${key}`;
    if (!PROTOCOL_OPTIONS.includes(key)) refuseOptions(key, at_, report);
    if (at(value, "auto_config") !== undefined && !hasTls(cluster)) {
      const message =
        "auto_config chooses the protocol by ALPN, but the cluster's transport socket is not TLS";
      report.error("not-possible-here", `${at_}.auto_config`, message, "use explicit_http_config or add TLS");
    }
  }
}

/** Only plain text is known not to speak ALPN. */
function hasTls(cluster: JsonObject): boolean {
  const socket = object(cluster, "transport_socket", "typed_config");
  const matched = items(cluster, "", "transport_socket_matches").length > 0;
  return matched || (socket !== undefined && !anyType(socket).endsWith("raw_buffer.v3.RawBuffer"));
}

function label(cluster: JsonObject): string {
  return `"${text(cluster, "name")}"`;
}
