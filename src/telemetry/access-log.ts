import type { Request } from "../http/request.ts";
import { HOUR, MILLISECOND, MINUTE, type Nanoseconds, SECOND } from "../kernel/time.ts";

const DAY = 24 * HOUR;

/** What Envoy's default access-log format shows of one request. */
export interface AccessLogLine {
  /** Virtual instant at which the request came in. */
  readonly start: Nanoseconds;
  readonly method: string;
  /** The path as it came, before any rewrite. */
  readonly path: string;
  /** `-` of a connection that is passed on. */
  readonly protocol: "HTTP/1.1" | "HTTP/2" | "-";
  /** 0 where no response was sent. */
  readonly status: number;
  /** Short names of response flags, in Envoy's order; empty for none. */
  readonly flags: readonly string[];
  /** Bytes of the request's body. */
  readonly bytesReceived: number;
  /** Bytes of the response's body. */
  readonly bytesSent: number;
  /** From the first byte in to the last byte out. */
  readonly duration: Nanoseconds;
  /** Milliseconds, as in the header `x-envoy-upstream-service-time`; absent where no upstream answered. */
  readonly upstreamServiceTimeMs?: number;
  readonly forwardedFor?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
  readonly authority: string;
  /** `ADDRESS:PORT` of the host tried last; absent where none was chosen. */
  readonly upstreamHost?: string;
}

/** What one proxy knows of one request, or of one connection, that it has answered or lost. */
export interface AccessLogRecord extends AccessLogLine {
  /** On whose behalf it came; the same object in all proxies and at hosts. Null: a connection without any request. */
  readonly request: Request | null;
  /** Envoy's response code details, such as `via_upstream`. */
  readonly details: string;
  /** Absent where no route fitted; empty where the route has no name. */
  readonly routeName?: string;
  /** Absent where no virtual host fitted. */
  readonly virtualHost?: string;
  /** Absent where the request was not sent to an existing cluster. */
  readonly cluster?: string;
  /** Attempts that were begun, those without a connection or a host included. */
  readonly attemptCount: number;
  readonly responseHeaders: ReadonlyMap<string, string>;
  /** The body of an answer that the proxy made itself. */
  readonly localReply?: string;
  /** Of a connection that a TCP proxy passed on; absent for requests. */
  readonly connection?: LoggedConnection;
}

/** What is known of a whole connection. */
export interface LoggedConnection {
  /** Empty: it has no name. */
  readonly filterChain: string;
  /** Empty: none. */
  readonly serverName: string;
  /** Why this proxy has closed it, in Envoy's words; null: it has not. */
  readonly closeReason: string | null;
}

/**
 * A line in Envoy's default access-log format, without its line end; the virtual clock's 0 stands for
 * 1970-01-01T00:00:00.000Z. (Envoy 1.40, source/common/formatter/http_formatter_context.cc.)
 */
export function formatAccessLog(record: AccessLogLine): string {
  const time = record.upstreamServiceTimeMs === undefined ? "-" : String(record.upstreamServiceTimeMs);
  return [
    `[${formatStartTime(record.start)}]`,
    quote(`${record.method} ${record.path} ${record.protocol}`),
    record.status,
    record.flags.length === 0 ? "-" : record.flags.join(","),
    record.bytesReceived,
    record.bytesSent,
    Math.trunc(record.duration / MILLISECOND),
    time,
    quote(record.forwardedFor ?? "-"),
    quote(record.userAgent ?? "-"),
    quote(record.requestId ?? "-"),
    quote(record.authority === "" ? "-" : record.authority),
    quote(record.upstreamHost ?? "-"),
  ].join(" ");
}

/** Envoy does not escape what stands between the quotes. */
function quote(text: string): string {
  return `"${text}"`;
}

/** Lengths of the months of 1970; virtual time is exact for 104 days and so never leaves that year. */
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** ISO 8601 with whole milliseconds, rounded down; the calendar is computed here because `Date` is banned. */
function formatStartTime(start: Nanoseconds): string {
  let day = Math.trunc(start / DAY);
  let month = 0;
  while (day >= monthDays[month]!) day -= monthDays[month++]!;
  const inDay = start % DAY;
  const hour = Math.trunc(inDay / HOUR);
  const minute = Math.trunc(inDay / MINUTE) % 60;
  const second = Math.trunc(inDay / SECOND) % 60;
  const ms = Math.trunc(inDay / MILLISECOND) % 1000;
  const clock = `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}.${padded(ms, 3)}`;
  return `1970-${padded(month + 1, 2)}-${padded(day + 1, 2)}T${clock}Z`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
