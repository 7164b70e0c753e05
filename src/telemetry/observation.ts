import type { Nanoseconds } from "../kernel/time.ts";

const MAX_BINS = 600;

/** Which requests count, and how virtual time is cut into bins for series. */
export class Observation {
  readonly warmup: Nanoseconds;
  duration: Nanoseconds;
  /** Width of a bin: the least of 1, 2, 5 x 10^k nanoseconds that needs at most 600 bins. */
  readonly bin: Nanoseconds;
  bins: number;

  constructor(warmup: Nanoseconds, duration: Nanoseconds) {
    this.warmup = warmup;
    this.duration = duration;
    this.bin = binWidth(duration);
    this.bins = Math.max(1, Math.ceil(duration / this.bin));
  }

  /** The run has been broken off: it lasted only until then. */
  endAt(time: Nanoseconds): void {
    this.duration = Math.min(time, this.duration);
    this.bins = Math.max(1, Math.ceil(this.duration / this.bin));
  }

  /** Whether a request wanted at this instant counts in the statistics of the whole run. */
  counts(wantedAt: Nanoseconds): boolean {
    return wantedAt >= this.warmup && wantedAt < this.duration;
  }

  binOf(time: Nanoseconds): number {
    return Math.trunc(time / this.bin);
  }
}

function binWidth(duration: Nanoseconds): Nanoseconds {
  for (let decade = 1; ; decade *= 10) {
    for (const factor of [1, 2, 5]) {
      if (Math.ceil(duration / (factor * decade)) <= MAX_BINS) return factor * decade;
    }
  }
}
