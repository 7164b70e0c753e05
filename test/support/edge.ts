import { parse } from "yaml";

/** Where Envoy's extensions are: the beginning of their type URLs. */
export const EXTENSIONS = "type.googleapis.com/envoy.extensions";

/**
 * What a test says of an edge proxy with one listener, one route and one cluster: fields or entries as YAML writes them
 * between braces or brackets, which are added to those below or replace them.
 */
export interface EdgeParts {
  readonly bootstrap?: string;
  readonly listener?: string;
  readonly manager?: string;
  /** HTTP filters in front of the router. */
  readonly filters?: string;
  readonly route?: string;
  /** Of the route's action. */
  readonly action?: string;
  /** Its name is `api` unless another is given. */
  readonly cluster?: string;
  /** Localities of the cluster; by default one host, `10.0.0.1:8080`. */
  readonly endpoints?: string;
  /** Of the cluster's load assignment. */
  readonly assignment?: string;
  /** Clusters after the first. */
  readonly clusters?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The edge's bootstrap, with a listener on `0.0.0.0:8080` and the stat prefix `ingress`. */
export function edgeBootstrap(parts: EdgeParts = {}): string {
  const { name = "api", ...cluster } = fields(parts.cluster);
  const route: Fields = {
    match: { prefix: "/" },
    route: { cluster: name, ...fields(parts.action) },
    ...fields(parts.route),
  };
  const manager: Fields = {
    "@type": `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "ingress",
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [route] }] },
    http_filters: [
      ...entries(parts.filters),
      { name: "router", typed_config: { "@type": `${EXTENSIONS}.filters.http.router.v3.Router` } },
    ],
    ...fields(parts.manager),
  };
  const listener: Fields = {
    address: { socket_address: { address: "0.0.0.0", port_value: 8080 } },
    filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }],
    ...fields(parts.listener),
  };
  const assigned: Fields = {
    load_assignment: {
      cluster_name: name,
      endpoints: entries(parts.endpoints ?? locality("10.0.0.1:8080")),
      ...fields(parts.assignment),
    },
  };
  return JSON.stringify({
    ...fields(parts.bootstrap),
    static_resources: {
      listeners: [listener],
      clusters: [{ name, ...assigned, ...cluster }, ...entries(parts.clusters)],
    },
  });
}

/** A locality of a cluster with hosts at these addresses; `more` are further fields of it. */
export function locality(addresses: string | readonly string[], more = ""): string {
  const hosts = [addresses].flat().map((address) => `{ ${endpoint(address)} }`);
  return `{ ${more === "" ? "" : `${more}, `}lb_endpoints: [ ${hosts.join(", ")} ] }`;
}

/** The field of a host that says where it is. */
export function endpoint(address: string): string {
  const [ip, port] = address.split(":");
  return `endpoint: { address: { socket_address: { address: ${ip}, port_value: ${port} } } }`;
}

function fields(text = ""): Fields {
  return parse(`{ ${text} }`) as Fields;
}

function entries(text = ""): unknown[] {
  return parse(`[ ${text} ]`) as unknown[];
}
