import type { Message } from "../decode/message.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../kernel/time.ts";
import type { DnsLookupFamily, DnsOptions } from "./cluster/dns-resolution.ts";
import { timerDuration } from "./cluster/timer-duration.ts";

/** How a cluster learns its members. `custom`: by an extension that is not simulated. */
export type ClusterType =
  | "STATIC"
  | "STRICT_DNS"
  | "LOGICAL_DNS"
  | "EDS"
  | "ORIGINAL_DST"
  | "AGGREGATE"
  | "DYNAMIC_FORWARD_PROXY"
  | "custom";

/** What the kind of a cluster says about where its hosts come from. */
export interface ClusterKind {
  readonly type: ClusterType;
  /** Null unless it looks up names. */
  readonly dns: DnsOptions | null;
  /** Null unless it chooses its hosts itself. */
  readonly provided: ProvidedHosts | null;
}

/** What a cluster needs to choose its hosts itself. */
export type ProvidedHosts = OriginalDestinationOptions | AggregateOptions | DynamicForwardOptions;

/** `original_dst.v3.OriginalDstCluster` */
export interface OriginalDestinationOptions {
  readonly kind: "original destination";
  /** Lower-case name of the header that overrides the destination; null: none does. */
  readonly header: string | null;
  /** Where dynamic metadata overrides it: the namespace and the keys down from it. */
  readonly metadataKey: readonly string[] | null;
  /** Replaces the destination's port; null: it stays. */
  readonly port: number | null;
  /** How often hosts that nobody uses are dropped. */
  readonly cleanupInterval: Nanoseconds;
}

/** `aggregate.v3.ClusterConfig` */
export interface AggregateOptions {
  readonly kind: "aggregate";
  /** Names of its clusters, in the order of preference. */
  readonly clusters: readonly string[];
}

/** `dynamic_forward_proxy.v3.ClusterConfig` */
export interface DynamicForwardOptions {
  readonly kind: "dynamic forward";
  /** Name of its cache in statistics. */
  readonly cache: string;
  /** Of hosts in the cache. */
  readonly maxHosts: number;
  /** Where the authority names none: 443 over TLS. */
  readonly defaultPort: number;
  readonly lookupFamily: DnsLookupFamily;
}

const AGGREGATE = "envoy.extensions.clusters.aggregate.v3.ClusterConfig";
const DYNAMIC_FORWARD = "envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig";
const ORIGINAL_DST = "envoy.extensions.clusters.original_dst.v3.OriginalDstCluster";
const DNS = "envoy.extensions.clusters.dns.v3.DnsCluster";
const TLS = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

/** Names of Envoy's extensions for the kinds that have a type of their own as well. */
const BY_NAME: Readonly<Record<string, ClusterType>> = {
  "envoy.cluster.static": "STATIC",
  "envoy.cluster.strict_dns": "STRICT_DNS",
  "envoy.cluster.logical_dns": "LOGICAL_DNS",
  "envoy.cluster.eds": "EDS",
  "envoy.cluster.original_dst": "ORIGINAL_DST",
};

const DEFAULT_REFRESH_RATE: Nanoseconds = 5 * SECOND;
const DEFAULT_CLEANUP_INTERVAL: Nanoseconds = 5 * SECOND;
const DEFAULT_MAX_HOSTS = 1024;
const DEFAULT_HEADER = "x-envoy-original-dst-host";

/**
 * Reads `type` or `cluster_type` of a cluster and what belongs to it. An extension is known by the message that
 * configures it, otherwise by its name (Envoy 1.40, source/common/upstream/cluster_factory_impl.cc).
 */
export function readClusterKind(cluster: Message): ClusterKind {
  const custom = cluster.message("cluster_type");
  if (custom === undefined) return readType(cluster, cluster.enum<ClusterType>("type", "STATIC"), undefined);
  const options = custom.message("typed_config");
  const name = custom.string("name");
  switch (options?.typeName) {
    case AGGREGATE:
      return provided("AGGREGATE", { kind: "aggregate", clusters: options.strings("clusters") });
    case DYNAMIC_FORWARD:
      return provided("DYNAMIC_FORWARD_PROXY", readDynamicForward(cluster, options));
    case ORIGINAL_DST:
      return readType(cluster, "ORIGINAL_DST", options);
    case DNS:
      return readType(cluster, isLogical(options) ? "LOGICAL_DNS" : "STRICT_DNS", options);
    default:
      return readType(cluster, BY_NAME[name] ?? "custom", undefined);
  }
}

function isLogical(options: Message): boolean {
  return options.boolean("all_addresses_in_single_endpoint");
}

/** `options`: of the extension, where it is configured in that way. */
function readType(cluster: Message, type: ClusterType, options: Message | undefined): ClusterKind {
  if (type === "STRICT_DNS" || type === "LOGICAL_DNS")
    return { type, dns: readDns(options ?? cluster), provided: null };
  if (type !== "ORIGINAL_DST") return { type, dns: null, provided: null };
  return provided(
    type,
    readOriginalDestination(cluster, options ?? cluster.message("original_dst_lb_config")),
  );
}

function provided(type: ClusterType, hosts: ProvidedHosts): ClusterKind {
  return { type, dns: null, provided: hosts };
}

function readDns(options: Message): DnsOptions {
  return {
    refreshRate: timerDuration(options, "dns_refresh_rate", DEFAULT_REFRESH_RATE),
    respectsTtl: options.boolean("respect_dns_ttl"),
    jitterMs: timerDuration(options, "dns_jitter", 0) / MILLISECOND,
    lookupFamily: options.enum<DnsLookupFamily>("dns_lookup_family", "AUTO"),
  };
}

function readOriginalDestination(cluster: Message, options: Message | undefined): OriginalDestinationOptions {
  const key = options?.message("metadata_key");
  const header = options?.string("http_header_name") || DEFAULT_HEADER;
  return {
    kind: "original destination",
    header: options?.boolean("use_http_header") === true ? header.toLowerCase() : null,
    metadataKey:
      key === undefined
        ? null
        : [key.string("key"), ...key.messages("path").map((step) => step.string("key"))],
    port: options?.number("upstream_port_override") ?? null,
    cleanupInterval: timerDuration(cluster, "cleanup_interval", DEFAULT_CLEANUP_INTERVAL),
  };
}

function readDynamicForward(cluster: Message, options: Message): DynamicForwardOptions {
  const cache = options.message("dns_cache_config");
  const socket = cluster.message("transport_socket")?.message("typed_config");
  return {
    kind: "dynamic forward",
    cache: cache?.string("name") ?? "",
    maxHosts: cache?.number("max_hosts") ?? DEFAULT_MAX_HOSTS,
    defaultPort: socket?.typeName === TLS ? 443 : 80,
    lookupFamily: cache?.enum<DnsLookupFamily>("dns_lookup_family", "AUTO") ?? "AUTO",
  };
}
