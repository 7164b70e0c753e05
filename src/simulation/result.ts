import type { Nanoseconds } from "../kernel/time.ts";
import type { EjectionRecord, HealthRecord } from "../telemetry/proxy-tally.ts";

/** What a run found: plain data, the same for every output. Maps and lists are in the order of printing. */
export interface RunResult {
  readonly scenario: string;
  /** Null for the base. */
  readonly variant: string | null;
  readonly seed: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly duration: Nanoseconds;
  readonly warmup: Nanoseconds;
  /** Handlers that ran. */
  readonly events: number;
  /** Requests wanted in [warmup, duration). */
  readonly clients: readonly ClientResult[];
  readonly services: readonly ServiceResult[];
  readonly proxies: readonly ProxyResult[];
  /** The same figures of clients for each window that an expectation or `--windows` names. */
  readonly windows: readonly WindowResult[];
  readonly series: Series;
  readonly faults: readonly FaultMark[];
  /** Each at one instant, that at which the first replica may get it. */
  readonly changes: readonly FaultMark[];
  readonly ejections: readonly EjectionRecord[];
  /** Lines of the health check event logs, the first thousand of each proxy, those before time 0 included. */
  readonly healthEvents: readonly HealthRecord[];
}

export interface ClientResult {
  readonly name: string;
  readonly requests: number;
  /** Requests a second. */
  readonly rps: number;
  readonly successes: number;
  /** Share of successes, 0 to 1; null without requests. */
  readonly successRate: number | null;
  readonly latencyMs: LatencyFigures | null;
  readonly latencyOkMs: LatencyFigures | null;
  /** Count by status (`200`, `timeout`, `lost`, `rejected`, `0` for unfinished), ascending. */
  readonly status: readonly (readonly [key: string, count: number])[];
  /** Count by single response flag of the first proxy, in code-unit order. */
  readonly flags: readonly (readonly [flag: string, count: number])[];
  /** Attempts by the first proxy for these requests. */
  readonly attempts: number;
}

/** Milliseconds. */
export interface LatencyFigures {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface ServiceResult {
  readonly name: string;
  /** Arrivals at its hosts for counted requests. */
  readonly requests: number;
  /** Null where workers are unlimited. */
  readonly utilisation: number | null;
  readonly queueMean: number;
  readonly hosts: readonly HostResult[];
}

export interface HostResult {
  readonly address: string;
  readonly requests: number;
  readonly utilisation: number | null;
}

export interface ProxyResult {
  readonly name: string;
  /** Envoy's counters and gauges from 0 to the end, nonzero, summed over replicas, in code-unit order. */
  readonly stats: readonly (readonly [name: string, value: number])[];
}

export interface WindowResult {
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  readonly clients: readonly ClientResult[];
}

/** Figures over virtual time; every list has one entry a bin, [i * bin, (i + 1) * bin). */
export interface Series {
  /** Width of a bin. */
  readonly bin: Nanoseconds;
  readonly bins: number;
  readonly clients: readonly ClientSeries[];
  readonly services: readonly ServiceSeries[];
  readonly proxies: readonly ProxySeries[];
}

/** By the instant at which requests were wanted, from 0 (also inside the warm-up) to the duration. */
export interface ClientSeries {
  readonly name: string;
  readonly requests: readonly number[];
  readonly successes: readonly number[];
  /** Failures by their response flags, such as `UO,UT`, or by `timeout`, `lost`, `0` or the status where there is none. */
  readonly failures: readonly (readonly [cause: string, counts: readonly number[]])[];
  /** Milliseconds; null where nothing was wanted. */
  readonly p50: readonly (number | null)[];
  readonly p90: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

/** By the instant of arrival at the host. */
export interface ServiceSeries {
  readonly name: string;
  readonly hosts: readonly { readonly address: string; readonly requests: readonly number[] }[];
}

/** By the instant at which it happened. */
export interface ProxySeries {
  readonly name: string;
  readonly attempts: readonly number[];
  readonly retries: readonly number[];
  readonly overflows: readonly number[];
  /** Hosts ejected at the end of the bin, over all clusters and replicas. */
  readonly ejected: readonly number[];
}

export interface FaultMark {
  readonly name: string;
  /** What it does to whom, in a few words. */
  readonly text: string;
  readonly from: Nanoseconds;
  /** The duration of the run where the fault lasts. */
  readonly to: Nanoseconds;
}
