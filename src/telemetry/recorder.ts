import type { Request } from "../http/request.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { AccessLogRecord } from "./access-log.ts";
import type { ClientTally } from "./client-tally.ts";
import { Digest } from "./digest.ts";
import type { Journal } from "./journal.ts";
import type { EjectionRecord, HealthRecord, ProxyTally } from "./proxy-tally.ts";

/** Every fact about requests passes here: into the digest and into what is counted. It never changes the run. */
export class Recorder {
  readonly digest = new Digest();
  /** By the client's index. */
  readonly clients: ClientTally[] = [];
  /** Takes access log entries, where a log is wanted. */
  readonly accessLog: ((record: AccessLogRecord) => void) | null;

  /** Hears of each request, where somebody wants to tell of it. */
  readonly journal: Journal | null;

  constructor(accessLog: ((record: AccessLogRecord) => void) | null, journal: Journal | null = null) {
    this.accessLog = accessLog;
    this.journal = journal;
  }

  /** A request has ended at its client, with a status or an Outcome. */
  requestEnded(request: Request, status: number, now: Nanoseconds): void {
    const { wantedAt, client, ordinal, flags, attempts, lastHost } = request;
    this.digest.requestEnd(wantedAt, now, client, ordinal, status, flags, attempts, lastHost);
    this.clients[client]!.ended(wantedAt, status, now - wantedAt, flags);
    this.journal?.requestEnded(request, status, now);
  }

  /** The first proxy makes an attempt for it, or the client sends it to a host directly. */
  attemptStarted(request: Request): void {
    request.attempts++;
    this.clients[request.client]!.attemptStarted(request.wantedAt);
  }

  /** An attempt of any proxy has ended; `host` is its station's number, -1 where no host was found. */
  attemptEnded(host: number, result: number): void {
    this.digest.attemptEnd(host, result);
  }

  /** The first proxy has finished with a request and has set these flags. */
  flagged(request: Request, flags: number): void {
    request.flags = flags;
    if (flags !== 0) this.clients[request.client]!.flagged(request.wantedAt, flags);
  }

  /** `change`: by how many the number of ejected hosts changes. */
  ejection(
    tally: ProxyTally,
    proxyNumber: number,
    hostNumber: number,
    record: EjectionRecord,
    change: number,
  ): void {
    if (record.enforced || record.action === "UNEJECT") {
      this.digest.ejection(record.at, proxyNumber, hostNumber, record.action === "EJECT");
    }
    tally.ejection(record, change);
  }

  /** Active health checks have changed the health of a host as a proxy sees it. */
  healthChanged(now: Nanoseconds, proxyNumber: number, hostNumber: number, flags: number): void {
    this.digest.healthChange(now, proxyNumber, hostNumber, flags);
  }

  /** A change of the scenario, counted from 0, has been applied to a proxy. */
  changed(now: Nanoseconds, proxyNumber: number, change: number): void {
    this.digest.change(now, proxyNumber, change);
  }

  /** A line of the health check event log. */
  healthEvent(tally: ProxyTally, record: HealthRecord): void {
    tally.healthEvent(record);
  }
}
