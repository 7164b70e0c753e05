import { MILLISECOND, type Nanoseconds, SECOND } from "../kernel/time.ts";
import type { ResponseHeaders } from "../network/stream.ts";

const WINDOW: Nanoseconds = SECOND;
/** Of so many latest answers the median time is taken. */
const RECENT = 16;

interface WindowCounts {
  answers: number;
  errors: number;
  /** Worker-nanoseconds in service. */
  busy: number;
}

/**
 * How busy a host has been: over the last whole second, during the first one over what there was of it. The time of
 * answers is the median of the latest ones.
 */
export class LoadMeter {
  private readonly workers: number;
  private windowStart: Nanoseconds;
  private last: WindowCounts | null = null;
  private current: WindowCounts = { answers: 0, errors: 0, busy: 0 };
  private inService = 0;
  private changedAt: Nanoseconds;
  private readonly recent: Nanoseconds[] = [];
  private position = 0;

  constructor(workers: number, now: Nanoseconds) {
    this.workers = workers;
    this.windowStart = now;
    this.changedAt = now;
  }

  /** So many requests are in service from now on. */
  busyChanged(inService: number, now: Nanoseconds): void {
    this.advance(now);
    this.inService = inService;
  }

  /** A request has been answered, so long after it came. */
  answered(status: number, took: Nanoseconds, now: Nanoseconds): void {
    this.advance(now);
    this.current.answers++;
    if (status >= 500) this.current.errors++;
    this.recent[this.position] = took;
    this.position = (this.position + 1) % RECENT;
  }

  /** 0 before the first answer. */
  get medianTime(): Nanoseconds {
    const sorted = [...this.recent].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }

  /** As a host tells it in the headers of an answer (ORCA's text form). */
  report(requestsInFlight: number, now: Nanoseconds): ResponseHeaders {
    this.advance(now);
    const { answers, errors, busy } = this.last ?? this.current;
    const seconds = (this.last === null ? Math.max(1, now - this.windowStart) : WINDOW) / SECOND;
    const fields = [
      `application_utilization=${busy / SECOND / seconds / this.workers}`,
      `rps_fractional=${answers / seconds}`,
      `eps=${errors / seconds}`,
      `named_metrics.requests_in_flight=${requestsInFlight}`,
      `named_metrics.latency_ms=${this.medianTime / MILLISECOND}`,
    ];
    return new Map([["endpoint-load-metrics", `TEXT ${fields.join(",")}`]]);
  }

  private advance(now: Nanoseconds): void {
    while (now >= this.windowStart + WINDOW) {
      this.addBusy(this.windowStart + WINDOW);
      this.last = this.current;
      this.current = { answers: 0, errors: 0, busy: 0 };
      this.windowStart += WINDOW;
      this.skipIdle(now);
    }
    this.addBusy(now);
  }

  /** Of a long silence only the last second counts. */
  private skipIdle(now: Nanoseconds): void {
    const windows = Math.floor((now - this.windowStart) / WINDOW) - 1;
    if (windows <= 0) return;
    this.windowStart += windows * WINDOW;
    this.changedAt = this.windowStart;
  }

  private addBusy(until: Nanoseconds): void {
    this.current.busy += this.inService * (until - this.changedAt);
    this.changedAt = until;
  }
}
