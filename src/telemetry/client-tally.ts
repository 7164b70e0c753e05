import { namesOfFlags, ResponseFlag, responseFlagNames } from "../http/response-flags.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { Histogram } from "../statistics/histogram.ts";
import type { Observation } from "./observation.ts";
import { Outcome, STATUS_LIMIT, statusKey } from "./outcome.ts";

/** A span of virtual time; requests belong to it by the instant at which they were wanted. */
export interface Span {
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
}

/** Figures of one client's requests wanted in a span. */
export class ClientFigures {
  readonly span: Span;
  requests = 0;
  successes = 0;
  attempts = 0;
  /** From wanted to the end, in nanoseconds. */
  readonly latency = new Histogram();
  readonly latencyOk = new Histogram();
  /** Count by status or Outcome. */
  readonly statuses = new Float64Array(STATUS_LIMIT);
  /** Count by response flag of the first proxy, in the order of `responseFlagNames`. */
  readonly flags = new Float64Array(responseFlagNames.length);

  constructor(span: Span) {
    this.span = span;
  }

  ended(status: number, latency: Nanoseconds, isSuccess: boolean): void {
    this.requests++;
    this.statuses[status]!++;
    this.latency.record(latency);
    if (!isSuccess) return;
    this.successes++;
    this.latencyOk.record(latency);
  }

  flagged(flags: number): void {
    for (let i = 0; i < responseFlagNames.length; i++) {
      if (flags & ResponseFlag[responseFlagNames[i]!]) this.flags[i]!++;
    }
  }
}

/** Relative error of quantiles in series: 1/64, enough for a chart. */
const SERIES_HISTOGRAM_BITS = 6;

/** What is counted for one client: the whole run, the windows that were asked for, and the series. */
export class ClientTally {
  readonly name: string;
  readonly total: ClientFigures;
  readonly windows: readonly ClientFigures[];
  readonly binRequests: Float64Array;
  readonly binSuccesses: Float64Array;
  readonly binLatency: (Histogram | undefined)[];
  /** Failures by cause, in order of first occurrence. */
  readonly binFailures = new Map<string, Float64Array>();
  private readonly observation: Observation;
  private readonly isSuccess: (status: number) => boolean;

  constructor(
    name: string,
    observation: Observation,
    windows: readonly Span[],
    isSuccess: (status: number) => boolean,
  ) {
    this.name = name;
    this.observation = observation;
    this.total = new ClientFigures({ from: observation.warmup, to: observation.duration });
    this.windows = windows.map((span) => new ClientFigures(span));
    this.isSuccess = isSuccess;
    this.binRequests = new Float64Array(observation.bins);
    this.binSuccesses = new Float64Array(observation.bins);
    this.binLatency = new Array(observation.bins).fill(undefined);
  }

  /** A request has ended at its client; `flags` as the first proxy has set them so far. */
  ended(wantedAt: Nanoseconds, status: number, latency: Nanoseconds, flags: number): void {
    const isSuccess = status >= 100 && this.isSuccess(status);
    const { total, windows } = this;
    if (wantedAt >= total.span.from) total.ended(status, latency, isSuccess);
    for (let i = 0; i < windows.length; i++) {
      if (isIn(windows[i]!.span, wantedAt)) windows[i]!.ended(status, latency, isSuccess);
    }
    const bin = this.observation.binOf(wantedAt);
    this.binRequests[bin]!++;
    (this.binLatency[bin] ??= new Histogram(SERIES_HISTOGRAM_BITS)).record(latency);
    if (isSuccess) this.binSuccesses[bin]!++;
    else this.failures(failureCause(status, flags))[bin]!++;
  }

  attemptStarted(wantedAt: Nanoseconds): void {
    const { total, windows } = this;
    if (wantedAt >= total.span.from) total.attempts++;
    for (let i = 0; i < windows.length; i++) if (isIn(windows[i]!.span, wantedAt)) windows[i]!.attempts++;
  }

  /** The first proxy has finished a request with these response flags. */
  flagged(wantedAt: Nanoseconds, flags: number): void {
    const { total, windows } = this;
    if (wantedAt >= total.span.from) total.flagged(flags);
    for (let i = 0; i < windows.length; i++) if (isIn(windows[i]!.span, wantedAt)) windows[i]!.flagged(flags);
  }

  private failures(cause: string): Float64Array {
    let counts = this.binFailures.get(cause);
    if (counts === undefined) {
      counts = new Float64Array(this.observation.bins);
      this.binFailures.set(cause, counts);
    }
    return counts;
  }
}

function isIn(span: Span, time: Nanoseconds): boolean {
  return time >= span.from && time < span.to;
}

function failureCause(status: number, flags: number): string {
  const isEndedByClient =
    status === Outcome.timeout || status === Outcome.lost || status === Outcome.rejected;
  return isEndedByClient || flags === 0 ? statusKey(status) : namesOfFlags(flags).join(",");
}
