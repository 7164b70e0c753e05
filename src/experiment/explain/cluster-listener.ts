import { Message, ReadLog } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { type ListenerConfig, readListener } from "../../proxy/listener-config.ts";

const CLUSTER_HEADER = "x-meshsim-cluster";
const TYPE = "type.googleapis.com/envoy.extensions.filters.";

/** A listener beside those configured, at an address of documentation: a header of the request names the cluster. */
export function clusterListener(): ListenerConfig {
  const routes = [{ match: { prefix: "/" }, route: { cluster_header: CLUSTER_HEADER } }];
  const manager = {
    "@type": `${TYPE}network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "explain",
    route_config: { virtual_hosts: [{ name: "explain", domains: ["*"], routes }] },
    http_filters: [{ name: "router", typed_config: { "@type": `${TYPE}http.router.v3.Router` } }],
  };
  const listener = {
    name: "explain",
    address: { socket_address: { address: "192.0.2.254", port_value: 1 } },
    filter_chains: [{ filters: [{ name: "manager", typed_config: manager }] }],
  };
  return readListener(new Message(listener, "", new ReadLog()), new Map());
}

/** The request as that listener sends it to a cluster. */
export function headForCluster(head: RequestHead, cluster: string): RequestHead {
  return { ...head, headers: new Map(head.headers).set(CLUSTER_HEADER, [cluster]) };
}
