import type { Nanoseconds } from "../kernel/time.ts";
import type { AccessLogRecord } from "../telemetry/access-log.ts";
import type { Exchange } from "./exchange.ts";

/** What the access log says of an exchange that ends now. `cluster`: that of its route, if it exists. */
export function accessLogRecord(
  exchange: Exchange,
  cluster: string | null,
  status: number,
  bodyBytes: number,
  now: Nanoseconds,
): AccessLogRecord {
  const { downstream, startedAt, upstreamHost, upstreamServiceTimeMs } = exchange;
  return {
    start: startedAt,
    method: downstream.head.method,
    path: downstream.head.path,
    protocol: downstream.connection!.protocol === "http2" ? "HTTP/2" : "HTTP/1.1",
    status,
    flags: exchange.flagsInOrder ?? [],
    bytesReceived: downstream.head.bodyBytes,
    bytesSent: bodyBytes,
    duration: now - startedAt,
    ...(upstreamServiceTimeMs !== undefined && { upstreamServiceTimeMs }),
    authority: downstream.head.authority,
    ...(upstreamHost !== null && { upstreamHost: upstreamHost.address }),
    request: downstream.request,
    details: exchange.details,
    ...namesOf(exchange, cluster),
    attemptCount: exchange.attemptCount,
    responseHeaders: downstream.responseHeaders,
    ...(exchange.localReply !== null && { localReply: exchange.localReply }),
  };
}

/** Route, virtual host and cluster. */
function namesOf(
  { match }: Exchange,
  clusterName: string | null,
): Pick<AccessLogRecord, "routeName" | "virtualHost" | "cluster"> {
  const cluster = clusterName !== null && { cluster: clusterName };
  switch (match?.kind) {
    case "route":
      return { routeName: match.route.name, virtualHost: match.route.virtualHost, ...cluster };
    case "direct":
      return { routeName: match.routeName, virtualHost: match.virtualHost };
    default:
      return match?.virtualHost == null ? {} : { virtualHost: match.virtualHost };
  }
}
