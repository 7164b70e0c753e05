import type { Handle, Handler } from "./event-slots.ts";
import type { Lane } from "./lane.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "./time.ts";

const ROUNDS = 4;

interface Rehearsed {
  at<T>(time: Nanoseconds, handler: Handler<T>, arg: T): Handle;
  after<T>(delay: Nanoseconds, handler: Handler<T>, arg: T): Handle;
  timeout<T>(delay: Nanoseconds, handler: Handler<T>, arg: T): Handle;
  cancel(handle: Handle): void;
  lane(delay: Nanoseconds): Lane;
  run(): void;
}

/**
 * Takes every branch of the kernel once, with times beyond 32 bits. The engine compiles hot functions for
 * what they have seen so far; the first tie or the first large time later in a run would throw that code away
 * and compile it again, which costs a short run (a million requests) 6 to 9 % of its time. This takes about a
 * millisecond.
 */
export function rehearse(start: Nanoseconds, simulator: Rehearsed): void {
  const nothing = (): void => {};
  for (let round = 0; round < ROUNDS; round++) {
    simulator.at(start + 5 * MILLISECOND, nothing, undefined);
    simulator.lane(5 * MILLISECOND).after(nothing, undefined);
    simulator.lane(6 * MILLISECOND).after(nothing, undefined);
    simulator.timeout(5 * MILLISECOND, nothing, undefined);
    simulator.timeout(6 * MILLISECOND + round, nothing, undefined);
    simulator.timeout(6 * SECOND, nothing, undefined);
    simulator.cancel(simulator.timeout(4 * MILLISECOND, nothing, undefined));
    simulator.cancel(simulator.after(7 * MILLISECOND, nothing, undefined));
    simulator.cancel(0);
  }
  simulator.run();
}
