import { type Nanoseconds, SECOND } from "../../kernel/time.ts";

/** How the calls of a window have ended. */
export interface CallCounts {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

export interface CallWindow {
  record(isFailure: boolean, isSlow: boolean, now: Nanoseconds): void;
  counts(now: Nanoseconds): CallCounts;
}

const FAILURE = 1;
const SLOW = 2;

/** The last `size` calls (resilience4j, FixedSizeSlidingWindowMetrics). */
export class CountWindow implements CallWindow {
  private readonly ends: Uint8Array;
  private position = 0;
  private calls = 0;
  private failures = 0;
  private slow = 0;

  constructor(size: number) {
    this.ends = new Uint8Array(size);
  }

  record(isFailure: boolean, isSlow: boolean): void {
    const { ends, position } = this;
    if (this.calls === ends.length) this.forget(ends[position]!);
    else this.calls++;
    ends[position] = (isFailure ? FAILURE : 0) | (isSlow ? SLOW : 0);
    this.position = (position + 1) % ends.length;
    if (isFailure) this.failures++;
    if (isSlow) this.slow++;
  }

  counts(): CallCounts {
    return { calls: this.calls, failures: this.failures, slow: this.slow };
  }

  private forget(end: number): void {
    if (end & FAILURE) this.failures--;
    if (end & SLOW) this.slow--;
  }
}

/** The calls of this second and the `size` - 1 seconds before it (resilience4j, SlidingTimeWindowMetrics). */
export class TimeWindow implements CallWindow {
  private readonly calls: Float64Array;
  private readonly failures: Float64Array;
  private readonly slow: Float64Array;
  private second: number;

  /** `size` in seconds, as resilience4j has it. */
  constructor(size: number, now: Nanoseconds) {
    this.calls = new Float64Array(size);
    this.failures = new Float64Array(size);
    this.slow = new Float64Array(size);
    this.second = Math.floor(now / SECOND);
  }

  record(isFailure: boolean, isSlow: boolean, now: Nanoseconds): void {
    const slot = this.advance(now);
    this.calls[slot]!++;
    if (isFailure) this.failures[slot]!++;
    if (isSlow) this.slow[slot]!++;
  }

  counts(now: Nanoseconds): CallCounts {
    this.advance(now);
    return { calls: sum(this.calls), failures: sum(this.failures), slow: sum(this.slow) };
  }

  /** Forgets what is too old, and gives the place of this second. */
  private advance(now: Nanoseconds): number {
    const second = Math.floor(now / SECOND);
    const size = this.calls.length;
    for (let each = Math.max(this.second + 1, second - size + 1); each <= second; each++) {
      const slot = each % size;
      this.calls[slot] = 0;
      this.failures[slot] = 0;
      this.slow[slot] = 0;
    }
    this.second = second;
    return second % size;
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, each) => total + each, 0);
}
