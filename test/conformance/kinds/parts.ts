import { socketAddress } from "../bootstrap.ts";
import type { Behaviour, Endpoint, Json, Request } from "../case.ts";

/** Fields of the results that every case compares. */
export const RESULT_FIELDS = ["status", "flags", "details", "route", "vhost", "cluster", "attempt_count"];

/** An endpoint that answers every request at once. */
export const OK: Endpoint = { default: { status: 200, delay_ms: 0 }, script: [], listen: true };

export interface Address {
  readonly address: string;
  readonly port: number;
}

export function textOf({ address, port }: Address): string {
  return `${address}:${port}`;
}

/** `settings` of the host among the others; `hostname` and `health_check_config` are those of its endpoint. */
export function hostOf(address: Address, settings: Json = {}): Json {
  const { hostname, health_check_config, ...rest } = settings;
  const named = hostname === undefined ? {} : { hostname };
  const checked = health_check_config === undefined ? {} : { health_check_config };
  return { endpoint: { address: socketAddress(address), ...named, ...checked }, ...rest };
}

/** A static cluster of equal hosts. */
export function clusterOf(name: string, hosts: readonly Address[], settings: Json = {}): Json {
  return clusterOfLocalities(name, [{ lb_endpoints: hosts.map((host) => hostOf(host)) }], settings);
}

export function clusterOfLocalities(name: string, endpoints: readonly Json[], settings: Json = {}): Json {
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: { cluster_name: name, endpoints },
    ...settings,
  };
}

/** One virtual host for all domains. */
export function anyHost(name: string, routes: readonly Json[], settings: Json = {}): Json {
  return { name, domains: ["*"], routes, ...settings };
}

/** One virtual host with one route, that sends every request to a cluster. */
export function everythingTo(cluster: unknown): Json {
  return anyHost("app", [{ name: "all", match: { prefix: "/" }, route: { cluster } }]);
}

/** Endpoints at these addresses that answer every request at once. */
export function allOk(hosts: readonly Address[]): Readonly<Record<string, Endpoint>> {
  return Object.fromEntries(hosts.map((host) => [textOf(host), OK]));
}

/** To compare shares: requests by groups of hosts, and those that had none. */
export function byHosts(groups: readonly (readonly [name: string, hosts: readonly Address[]])[]) {
  const named = groups.map(([name, hosts]) => [name, hosts.map(textOf)] as const);
  return {
    field: "host" as const,
    groups: { ...Object.fromEntries<readonly unknown[]>(named), none: [null] },
  };
}

export function get(n: number, others: Partial<Request> = {}): Request {
  return {
    n,
    at_ms: null,
    method: "GET",
    authority: "app.test",
    path: "/",
    headers: {},
    body_bytes: 0,
    ...others,
  };
}

export function answering(behaviour: Behaviour): Endpoint {
  return { default: behaviour, script: [], listen: true };
}

export function seconds(ms: number): string {
  return `${ms / 1000}s`;
}

/** Everybody on loopback is internal: `x-envoy-*` headers of requests count. */
export const INTERNAL_CLIENTS: Json = {
  use_remote_address: true,
  internal_address_config: { cidr_ranges: [{ address_prefix: "127.0.0.0", prefix_len: 8 }] },
};

/** Options of HTTP/1.1 or HTTP/2 to the hosts of a cluster. */
export function httpOptions(isHttp2: boolean, options: Json = {}, http2: Json = {}): Json {
  return {
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: isHttp2 ? { http2_protocol_options: http2 } : { http_protocol_options: {} },
        ...options,
      },
    },
  };
}

/** HTTP/2 to the hosts of a cluster. */
export const HTTP2: Json = httpOptions(true);
