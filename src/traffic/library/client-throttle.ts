import type { Nanoseconds } from "../../kernel/time.ts";
import { WindowedAdder } from "./windowed-adder.ts";

export interface ThrottleSettings {
  /** How many requests the client makes for each one that is accepted before it holds some back. */
  readonly k: number;
  readonly window: Nanoseconds;
}

/** So many slices has the window: seconds, where it is the two minutes of the book. */
const SLICES = 120;

/**
 * Adaptive throttling by the client (Site Reliability Engineering, "Handling Overload"): requests count what the
 * application wanted, the refused ones too, accepts what the backend took.
 */
export class ClientThrottle {
  private readonly k: number;
  private readonly requests: WindowedAdder;
  private readonly accepts: WindowedAdder;

  constructor({ k, window }: ThrottleSettings, now: Nanoseconds) {
    this.k = k;
    this.requests = new WindowedAdder(window, SLICES, now);
    this.accepts = new WindowedAdder(window, SLICES, now);
  }

  /** The probability with which a request of now is refused. */
  probability(now: Nanoseconds): number {
    const requests = this.requests.sum(now);
    return Math.max(0, (requests - this.k * this.accepts.sum(now)) / (requests + 1));
  }

  requested(now: Nanoseconds): void {
    this.requests.add(1, now);
  }

  accepted(now: Nanoseconds): void {
    this.accepts.add(1, now);
  }
}
