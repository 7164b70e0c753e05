import { stringify } from "yaml";
import type { ConformanceCase, Json, Place } from "./case.ts";

const TYPE = "type.googleapis.com/envoy.extensions";
/** Columns of expected.jsonl that come from the access log. */
const LOGGED = {
  n: "%REQ(X-CASE-N)%",
  status: "%RESPONSE_CODE%",
  flags: "%RESPONSE_FLAGS%",
  details: "%RESPONSE_CODE_DETAILS%",
  route: "%ROUTE_NAME%",
  vhost: "%CEL(xds.virtual_host_name)%",
  cluster: "%UPSTREAM_CLUSTER%",
  host: "%UPSTREAM_HOST%",
  attempt_count: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  duration_ms: "%DURATION%",
};

/** The log files, relative to Envoy's working directory, that belong to the case of this name. */
export function logFiles(name: string) {
  return {
    access: `${name}.access.jsonl`,
    health: `${name}.health.jsonl`,
  };
}

/** The bootstrap in which Envoy serves all of these cases, each on a listener of its own. */
export function sharedBootstrap(cases: readonly ConformanceCase[]): Json {
  const { admin } = cases[0]!.place;
  const runtime = Object.assign({}, ...cases.map(({ content }) => content.runtime ?? {}));
  return {
    ...cases[0]!.content.process,
    admin: { address: socketAddress(admin) },
    ...(Object.keys(runtime).length === 0
      ? {}
      : { layered_runtime: { layers: [{ name: "static", static_layer: runtime }] } }),
    ...eventLog(cases),
    static_resources: {
      listeners: cases.flatMap((one) => one.content.listeners ?? [listenerOf(one)]),
      clusters: cases.flatMap(({ content }) => content.clusters),
    },
  };
}

/** The bootstrap of one case alone, as text: what meshsim reads. */
export function ownBootstrap(one: ConformanceCase): string {
  // YAML 1.1 is what Envoy reads: its y, n and the like are quoted.
  return stringify(sharedBootstrap([one]), { version: "1.1", lineWidth: 0 });
}

/** One log for all clusters of the process; its lines name the cluster. */
function eventLog(cases: readonly ConformanceCase[]): Json {
  const isWatched = cases.some(({ content }) => content.clusters.some((one) => "outlier_detection" in one));
  return isWatched ? { cluster_manager: { outlier_detection: { event_log_path: "ejections.jsonl" } } } : {};
}

function listenerOf(one: ConformanceCase): Json {
  const { place, content } = one;
  return {
    name: place.name,
    address: socketAddress(place.listener),
    filter_chains: [
      {
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: connectionManager(one, content.virtualHosts),
          },
        ],
      },
    ],
  };
}

function connectionManager(one: ConformanceCase, virtualHosts: readonly Json[]): Json {
  return {
    "@type": `${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: one.place.name,
    codec_type: "AUTO",
    ...one.content.connectionManager,
    access_log: [accessLog(one.place, LOGGED)],
    route_config: { name: "local_route", ...one.content.routeConfig, virtual_hosts: virtualHosts },
    http_filters: [
      ...(one.content.httpFilters ?? []),
      {
        name: "envoy.filters.http.router",
        typed_config: { "@type": `${TYPE}.filters.http.router.v3.Router` },
      },
    ],
  };
}

/** Lines of these columns in the log of a case. */
export function accessLog({ name }: Place, columns: Readonly<Record<string, string>>): Json {
  return {
    name: "envoy.access_loggers.file",
    typed_config: {
      "@type": `${TYPE}.access_loggers.file.v3.FileAccessLog`,
      path: logFiles(name).access,
      log_format: { json_format: columns },
    },
  };
}

export function socketAddress({ address, port }: { address: string; port: number }): Json {
  return { socket_address: { address, port_value: port } };
}
