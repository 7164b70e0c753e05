import exp from "@stdlib/math-base-special-exp";
import type { Nanoseconds } from "../../../kernel/time.ts";

/**
 * A host's round-trip time as Finagle and linkerd estimate it: a longer one counts at once, shorter ones only as
 * the last fade, and so does silence (com.twitter.finagle.loadbalancer.PeakEwma, tower's PeakEwma).
 */
export class RoundTrip {
  #estimate: Nanoseconds;
  #updatedAt: Nanoseconds;

  /** `estimate`: before anything has been measured. */
  constructor(estimate: Nanoseconds, now: Nanoseconds) {
    this.#estimate = estimate;
    this.#updatedAt = now;
  }

  observe(roundTrip: Nanoseconds, now: Nanoseconds, decay: Nanoseconds): void {
    const kept = exp(-Math.max(0, now - this.#updatedAt) / decay);
    const isPeak = roundTrip > this.#estimate;
    this.#estimate = isPeak ? roundTrip : this.#estimate * kept + roundTrip * (1 - kept);
    this.#updatedAt = now;
  }

  /** The estimate as it has faded by now. */
  at(now: Nanoseconds, decay: Nanoseconds): Nanoseconds {
    this.observe(0, now, decay);
    return this.#estimate;
  }
}
