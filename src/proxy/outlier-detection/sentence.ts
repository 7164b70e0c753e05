import type { Nanoseconds } from "../../kernel/time.ts";

/** How often and how long a host has been out for one kind of reason: as ejected, or as degraded. */
export class Sentence {
  /** Sentences so far; never goes back. */
  count = 0;
  /** Length of the next one in base ejection times; grows with each, decays in good times. */
  multiplier = 0;
  /** When the latest began and ended; undefined before the first. */
  startedAt: Nanoseconds | undefined = undefined;
  endedAt: Nanoseconds | undefined = undefined;
}
