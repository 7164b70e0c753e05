import type { Location } from "../decode/problem.ts";
import type { Nanoseconds } from "../kernel/time.ts";

/** One line of `expect`, such as `web.p99 < 250ms from 40s to 60s`. */
export interface Expectation {
  /** As written. */
  readonly text: string;
  readonly metric: MetricName;
  readonly op: "<" | "<=" | ">" | ">=" | "==" | "!=";
  /** In the metric's own unit: milliseconds, a share from 0 to 1, a count, or requests a second. */
  readonly limit: number;
  readonly window?: Window;
  readonly location: Location;
}

/** Requests wanted in [from, to), counted from 0 also inside the warm-up. */
export interface Window {
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
}

/** `NAME.METRIC`, split but not resolved: `edge.stats[cluster.x.y]` has steps `stats`, `cluster.x.y`. */
export interface MetricName {
  /** A client, service or proxy. */
  readonly of: string;
  readonly steps: readonly string[];
}
