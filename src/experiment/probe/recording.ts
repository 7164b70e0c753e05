import type { RequestHead } from "../../http/request-head.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { AccessLogRecord } from "../../telemetry/access-log.ts";
import type { EjectionRecord, HealthRecord } from "../../telemetry/proxy-tally.ts";
import type { ProbeRequest } from "./probe-case.ts";

/** A request that an endpoint has received. */
export interface ReceivedAttempt {
  readonly endpoint: string;
  readonly head: RequestHead;
}

/** What has become of one request of a case. */
export interface ProbedRequest {
  readonly request: ProbeRequest;
  /** What the proxy knows of it; null where it has not finished with it. */
  log: AccessLogRecord | null;
  /** In the order of their arrival. */
  readonly attempts: ReceivedAttempt[];
  /** Copies of it, in the order of their arrival. */
  readonly mirrors: ReceivedAttempt[];
  /** Of a TCP connection: how it was for the client; null before it has ended, and for requests. */
  tcp: TcpOutcome | null;
}

export interface TcpOutcome {
  /** `closed`: the connection was closed before any answer; `none`: the client has given up waiting. */
  readonly reply: "answer" | "closed" | "none";
  /** From the opening of the connection to the answer, the close or the end of patience. */
  readonly firstAfter: Nanoseconds;
  /** Who has ended a connection that the client held after its answer; null where that did not happen. */
  readonly closedBy: "client" | "proxy" | null;
  /** From the opening of the connection to its end. */
  readonly closedAfter: Nanoseconds;
}

/** Everything that a probe has recorded. */
export interface ProbeRecording {
  /** In the order of the case. */
  readonly requests: readonly ProbedRequest[];
  /** The proxy's counters and gauges that are not zero, in code-unit order of their names. */
  readonly stats: readonly (readonly [name: string, value: number])[];
  /** Undefined where no cluster has outlier detection. */
  readonly ejections: readonly EjectionRecord[] | undefined;
  /** Undefined where no cluster has active health checks. */
  readonly healthEvents: readonly HealthRecord[] | undefined;
}
