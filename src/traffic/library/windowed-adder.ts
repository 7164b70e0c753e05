import type { Nanoseconds } from "../../kernel/time.ts";

/**
 * A sum over a sliding window, in slices: those that are complete and the one in progress. A slice ends with the
 * first access after its time, and the next one begins at that access (twitter/util, WindowedAdder).
 */
export class WindowedAdder {
  private readonly slice: Nanoseconds;
  /** The sums of complete slices, as a ring. */
  private readonly complete: Float64Array;
  private position = 0;
  private current = 0;
  private begunAt: Nanoseconds;

  /** `window` is cut into so many slices, of which one is the current one. */
  constructor(window: Nanoseconds, slices: number, now: Nanoseconds) {
    this.slice = window / slices;
    this.complete = new Float64Array(slices - 1);
    this.begunAt = now;
  }

  add(amount: number, now: Nanoseconds): void {
    this.turn(now);
    this.current += amount;
  }

  sum(now: Nanoseconds): number {
    this.turn(now);
    return this.complete.reduce((sum, each) => sum + each, this.current);
  }

  private turn(now: Nanoseconds): void {
    const passed = Math.floor((now - this.begunAt) / this.slice);
    if (passed < 1) return;
    this.push(this.current);
    const skipped = Math.min(passed - 1, this.complete.length);
    for (let i = 0; i < skipped; i++) this.push(0);
    this.current = 0;
    this.begunAt = now;
  }

  private push(sum: number): void {
    this.complete[this.position] = sum;
    this.position = (this.position + 1) % this.complete.length;
  }
}
