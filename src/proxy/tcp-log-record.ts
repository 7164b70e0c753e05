import type { Nanoseconds } from "../kernel/time.ts";
import { NO_HEADERS } from "../network/stream.ts";
import type { AccessLogRecord } from "../telemetry/access-log.ts";
import type { TcpSession } from "./tcp-session.ts";

/** What the access log of a TCP proxy says of a connection that ends now: what belongs to requests is empty. */
export function tcpLogRecord(session: TcpSession, now: Nanoseconds): AccessLogRecord {
  const { chainName: filterChain, seesServerName } = session.proxy.parts;
  const { startedAt, upstreamHost, clusterName, connection, closeReason } = session;
  return {
    start: startedAt,
    method: "-",
    path: "-",
    protocol: "-",
    status: 0,
    flags: session.flagsInOrder,
    bytesReceived: session.bytesReceived,
    bytesSent: session.bytesSent,
    duration: now - startedAt,
    authority: "",
    ...(upstreamHost !== null && { upstreamHost: upstreamHost.host.address }),
    request: session.request,
    details: "",
    ...(clusterName !== null && { cluster: clusterName }),
    attemptCount: session.attemptCount,
    responseHeaders: NO_HEADERS,
    connection: {
      filterChain,
      serverName: seesServerName ? (connection.hello?.serverName ?? "") : "",
      closeReason,
    },
  };
}
