import ln from "@stdlib/math-base-special-ln";
import { type Nanoseconds, SECOND, wholeNanoseconds } from "../../kernel/time.ts";
import type { RandomStream } from "../../random/random-stream.ts";
import type { ArrivalProcess } from "./arrival-process.ts";

/** From `at` on, `rate` arrivals a second. */
export interface RateStep {
  readonly at: Nanoseconds;
  readonly rate: number;
}

/**
 * A Poisson process whose rate changes at the steps, at once or (with `ramp`) linearly from each step to the
 * next; before the first step nothing arrives, after the last its rate stays. Unit-rate exponential gaps are
 * mapped through the inverse of the accumulated rate.
 */
export function scheduledArrivals(
  steps: readonly RateStep[],
  ramp: boolean,
  random: RandomStream,
): ArrivalProcess {
  const segments = steps.map((step, index) => segmentFrom(step, steps[index + 1], ramp));
  let index = 0;
  let time = segments[0]!.from;
  return {
    next() {
      let expected = -ln(random.uniform());
      for (;;) {
        const segment = segments[index];
        if (segment === undefined) return Number.POSITIVE_INFINITY;
        const left = accumulated(segment, segment.to) - accumulated(segment, time);
        if (expected < left) {
          time = timeOf(segment, accumulated(segment, time) + expected);
          return wholeNanoseconds(time);
        }
        expected -= left;
        time = segment.to;
        index++;
      }
    },
  };
}

/** Between `from` and `to` the rate is start + slope * (t - from), in arrivals a nanosecond. */
interface Segment {
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  readonly start: number;
  readonly slope: number;
}

function segmentFrom(step: RateStep, next: RateStep | undefined, ramp: boolean): Segment {
  const to = next?.at ?? Number.POSITIVE_INFINITY;
  const start = step.rate / SECOND;
  const slope = ramp && next !== undefined ? (next.rate - step.rate) / SECOND / (to - step.at) : 0;
  return { from: step.at, to, start, slope };
}

/** Arrivals expected from the segment's beginning to `time`. */
function accumulated({ from, start, slope }: Segment, time: Nanoseconds): number {
  const elapsed = time - from;
  if (elapsed === Number.POSITIVE_INFINITY) return start > 0 ? elapsed : 0;
  return elapsed * (start + (slope * elapsed) / 2);
}

/** The inverse of `accumulated`; the form of the root that does not cancel. */
function timeOf({ from, start, slope }: Segment, expected: number): Nanoseconds {
  return from + (2 * expected) / (start + Math.sqrt(start * start + 2 * slope * expected));
}
