import { accessLog, socketAddress } from "../../bootstrap.ts";
import type { Json, Place } from "../../case.ts";

const FILTERS = "type.googleapis.com/envoy.extensions.filters";
const LOGGED = {
  peer: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
  flags: "%RESPONSE_FLAGS%",
  details: "%CONNECTION_TERMINATION_DETAILS%",
  chain: "%FILTER_CHAIN_NAME%",
  cluster: "%UPSTREAM_CLUSTER%",
  host: "%UPSTREAM_HOST%",
  attempt_count: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  sni: "%REQUESTED_SERVER_NAME%",
  close: "%DOWNSTREAM_LOCAL_CLOSE_REASON%",
  duration_ms: "%DURATION%",
};
/** Ports of the listeners of one case are so far apart. */
const PORTS_APART = 1000;

export const TCP_FIELDS = [
  "reply",
  "flags",
  "details",
  "chain",
  "cluster",
  "host",
  "attempt_count",
  "sni",
  "logged",
  "closed_by",
  "close",
];
export const TCP_STATS = [
  ...["total", "destroy", "destroy_local", "destroy_remote", "destroy_with_active_rq"],
  ...["destroy_local_with_active_rq", "destroy_remote_with_active_rq", "connect_attempts_exceeded"],
  ...["connect_fail", "connect_timeout", "none_healthy", "overflow", "pool_overflow"],
]
  .map((name) => `upstream_cx_${name}`)
  .concat(
    ["total", "pending_total", "pending_overflow", "pending_failure_eject", "cancelled", "timeout"].map(
      (name) => `upstream_rq_${name}`,
    ),
    ["total", "no_route", "destroy", "overflow"].map((name) => `downstream_cx_${name}`),
    ["lb_healthy_panic", "lb_subsets_selected", "lb_subsets_fallback", "lb_subsets_active"],
    ["idle_timeout", "max_downstream_connection_duration", "no_filter_chain_match"],
    ["downstream_pre_cx_timeout", "downstream_listener_filter_remote_close"],
    ["limited_connections", "rate_limited", "membership_healthy"],
    ["ejections_enforced_total", "ejections_active", "ejections_enforced_consecutive_5xx"].map(
      (name) => `outlier_detection.${name}`,
    ),
  );

/** The port of a case's k-th listener. */
export function portAt({ listener }: Place, k: number): number {
  return listener.port + k * PORTS_APART;
}

/** The k-th listener of a case; `settings`: its filter chains and what else it says. */
export function listenerAt(place: Place, k: number, settings: Json): Json {
  const { address } = place.listener;
  return {
    name: `${place.name}_l${k}`,
    address: socketAddress({ address, port: portAt(place, k) }),
    ...settings,
  };
}

/** A TCP proxy that logs; `name` is part of the names of its statistics. */
export function tcpProxy(place: Place, name: string, settings: Json): Json {
  return {
    name: "envoy.filters.network.tcp_proxy",
    typed_config: {
      "@type": `${FILTERS}.network.tcp_proxy.v3.TcpProxy`,
      stat_prefix: `${place.name}_${name}`,
      ...settings,
      access_log: [accessLog(place, LOGGED)],
    },
  };
}

export function networkFilter(kind: string, message: string, settings: Json): Json {
  return {
    name: `envoy.filters.network.${kind}`,
    typed_config: { "@type": `${FILTERS}.network.${kind}.v3.${message}`, ...settings },
  };
}

export const PROXY_PROTOCOL: Json = {
  name: "envoy.filters.listener.proxy_protocol",
  typed_config: { "@type": `${FILTERS}.listener.proxy_protocol.v3.ProxyProtocol` },
};
/** Takes connections without a header, too. */
export const OPTIONAL_PROXY_PROTOCOL: Json = {
  name: "envoy.filters.listener.proxy_protocol",
  typed_config: {
    "@type": `${FILTERS}.listener.proxy_protocol.v3.ProxyProtocol`,
    allow_requests_without_proxy_protocol: true,
  },
};
export const TLS_INSPECTOR: Json = {
  name: "envoy.filters.listener.tls_inspector",
  typed_config: { "@type": `${FILTERS}.listener.tls_inspector.v3.TlsInspector` },
};
