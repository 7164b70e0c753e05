import ln from "@stdlib/math-base-special-ln";
import { type Nanoseconds, SECOND, wholeNanoseconds } from "../../kernel/time.ts";
import type { RandomStream } from "../../random/random-stream.ts";
import type { ArrivalProcess } from "./arrival-process.ts";

/** A Poisson process; `rate` is per second. */
export function poissonArrivals(rate: number, random: RandomStream): ArrivalProcess {
  const meanGap = SECOND / rate;
  let time: Nanoseconds = 0;
  return { next: () => (time += wholeNanoseconds(-meanGap * ln(random.uniform()))) };
}
