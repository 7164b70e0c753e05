import { isIP } from "node:net";
import type { JsonObject } from "../../decode/message.ts";
import { items, object, text } from "../json-access.ts";
import { discoveryOf } from "./clusters.ts";
import type { Checks, Context } from "./context.ts";

/** Sources: source/common/upstream/static_cluster.cc, source/common/network/resolver_impl.cc. */
export const endpointChecks: Checks = {
  "envoy.config.cluster.v3.Cluster": (cluster, path, context) => {
    const wantsIp = ["STATIC", "EDS", "envoy.cluster.static"].includes(discoveryOf(cluster));
    const assignment = `${path}.load_assignment`;
    for (const [locality, at] of items(cluster.load_assignment, assignment, "endpoints")) {
      for (const [endpoint, where] of items(locality, at, "lb_endpoints"))
        checkEndpoint(endpoint, where, wantsIp, context);
    }
  },
  "envoy.config.endpoint.v3.ClusterLoadAssignment.Policy": (policy, path, { report }) => {
    const count = items(policy, path, "drop_overloads").length;
    if (count < 2) return;
    report.error(
      "too-many",
      `${path}.drop_overloads`,
      `Envoy supports one category of drop_overloads, not ${count}`,
    );
  },
  "envoy.config.core.v3.CidrRange": (range, path, { report }) => {
    const prefix = text(range, "address_prefix");
    if (isIP(prefix) !== 0 || prefix === "") return;
    const remedy = prefix.includes("/") ? "give the number of bits in prefix_len" : "";
    report.error("bad-address", `${path}.address_prefix`, `"${prefix}" is not an IP address`, remedy);
  },
};

function checkEndpoint(endpoint: JsonObject, path: string, wantsIp: boolean, { report }: Context): void {
  if (endpoint.endpoint_name !== undefined) return;
  const address = object(endpoint, "endpoint", "address");
  if (address === undefined || Object.keys(address).length === 0) {
    const remedy = "give it endpoint: { address: { socket_address: { address: ..., port_value: ... } } }";
    // Clusters that look names up take the empty one, and never find a host for it.
    const tell = wantsIp ? report.error : report.warning;
    tell("missing-address", path, "the endpoint has no address", remedy);
    return;
  }
  const socket = object(address, "socket_address");
  const host = text(socket, "address");
  if (
    !wantsIp ||
    socket === undefined ||
    host === "" ||
    isIP(host) !== 0 ||
    text(socket, "resolver_name") !== ""
  )
    return;
  const message = `"${host}" is not an IP address, and this cluster does not resolve names`;
  report.error(
    "bad-address",
    `${path}.endpoint.address.socket_address.address`,
    message,
    "set type: STRICT_DNS or LOGICAL_DNS",
  );
}
