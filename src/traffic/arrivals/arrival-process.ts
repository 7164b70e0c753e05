import type { Nanoseconds } from "../../kernel/time.ts";

/** When the requests of an open-loop client are wanted. */
export interface ArrivalProcess {
  /** The next arrival, not before the one given last; Infinity when there are no more. */
  next(): Nanoseconds;
}
