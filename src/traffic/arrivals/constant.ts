import { SECOND, wholeNanoseconds } from "../../kernel/time.ts";
import type { RandomStream } from "../../random/random-stream.ts";
import type { ArrivalProcess } from "./arrival-process.ts";

/** Equal gaps; the first arrival at a uniform phase of the gap. `rate` is per second. */
export function constantArrivals(rate: number, random: RandomStream): ArrivalProcess {
  const gap = SECOND / rate;
  let position = random.uniform();
  return { next: () => wholeNanoseconds(gap * position++) };
}
