import type { Message } from "../../decode/message.ts";
import { HOUR, MINUTE, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { HttpProtocol } from "../../network/connection.ts";
import { timerDuration } from "../cluster/timer-duration.ts";

/** What a cluster's configuration says of its connections. */
export interface ConnectionOptions {
  readonly protocol: HttpProtocol;
  readonly connectTimeout: Nanoseconds;
  /** Streams at once on one connection: 1 for HTTP/1.1. */
  readonly maxConcurrentStreams: number;
  /** Streams in the life of one connection; Infinity: unlimited. */
  readonly maxRequestsPerConnection: number;
  /** After so long without a stream a connection is closed; 0: never. */
  readonly idleTimeout: Nanoseconds;
  /** The same of a TCP connection that nobody has taken yet. */
  readonly tcpIdleTimeout: Nanoseconds;
  /** So long after it was set up a connection takes no more streams; 0: no limit. */
  readonly maxConnectionDuration: Nanoseconds;
  /** Whether connections that a TCP proxy passes on end when their host is found unhealthy. */
  readonly closesOnHealthFailure: boolean;
  /** Of an attempt on a connection, from its being sent; 0: no limit. */
  readonly maxStreamDuration: Nanoseconds;
  /** Streams of a host for which there should be room on its connections, for each that is there; 1 to 3. */
  readonly preconnectRatio: number;
  /** The same for the streams and connections of a worker, to the hosts that come next; up to 1: they are not foreseen. */
  readonly predictivePreconnectRatio: number;
}

const DEFAULT_CONNECT_TIMEOUT: Nanoseconds = 5 * SECOND;
const DEFAULT_IDLE_TIMEOUT: Nanoseconds = HOUR;
const DEFAULT_TCP_IDLE_TIMEOUT: Nanoseconds = 10 * MINUTE;
const DEFAULT_MAX_CONCURRENT_STREAMS = 1024;
const HTTP_PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const TCP_PROTOCOL_OPTIONS = "envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions";

/**
 * Reads a cluster's connection settings, in `typed_extension_protocol_options` or in the old places
 * (Envoy 1.40, ClusterInfoImpl and ProtocolOptionsConfigImpl). A jitter of `max_connection_duration` has no
 * effect upstream and is not read.
 */
export function readConnectionOptions(cluster: Message): ConnectionOptions {
  const options = httpProtocolOptions(cluster);
  const explicit = options?.message("explicit_http_config");
  // HTTP/1.1 with its defaults: asking for it marks the choice as read.
  explicit?.message("http_protocol_options");
  const holder = options === undefined ? cluster : explicit;
  const http2 = holder?.message("http2_protocol_options");
  const common = (options ?? cluster).message("common_http_protocol_options");
  const maxRequests =
    common?.number("max_requests_per_connection") ?? cluster.number("max_requests_per_connection");
  const preconnect = cluster.message("preconnect_policy");
  const tcp = protocolOptions(cluster, TCP_PROTOCOL_OPTIONS);
  return {
    protocol: http2 === undefined ? "http1" : "http2",
    connectTimeout: timerDuration(cluster, "connect_timeout", DEFAULT_CONNECT_TIMEOUT),
    maxConcurrentStreams:
      http2 === undefined ? 1 : http2.number("max_concurrent_streams", DEFAULT_MAX_CONCURRENT_STREAMS),
    maxRequestsPerConnection: maxRequests || Number.POSITIVE_INFINITY,
    idleTimeout: common ? timerDuration(common, "idle_timeout", DEFAULT_IDLE_TIMEOUT) : DEFAULT_IDLE_TIMEOUT,
    tcpIdleTimeout: tcp
      ? timerDuration(tcp, "idle_timeout", DEFAULT_TCP_IDLE_TIMEOUT)
      : DEFAULT_TCP_IDLE_TIMEOUT,
    maxConnectionDuration: common ? timerDuration(common, "max_connection_duration", 0) : 0,
    closesOnHealthFailure: cluster.boolean("close_connections_on_host_health_failure"),
    maxStreamDuration: common ? timerDuration(common, "max_stream_duration", 0) : 0,
    preconnectRatio: preconnect?.number("per_upstream_preconnect_ratio") ?? 1,
    predictivePreconnectRatio: preconnect?.number("predictive_preconnect_ratio") ?? 0,
  };
}

/** The cluster's typed HTTP options; undefined where it uses the old places, or none. */
export function httpProtocolOptions(cluster: Message): Message | undefined {
  return protocolOptions(cluster, HTTP_PROTOCOL_OPTIONS);
}

function protocolOptions(cluster: Message, type: string): Message | undefined {
  return cluster
    .entries("typed_extension_protocol_options")
    .map(([, message]) => message)
    .find((message) => message.typeName === type);
}
