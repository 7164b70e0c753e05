import type { Random64 } from "../../random/random64.ts";
import type { RetryBreaker } from "../cluster/retry-breaker.ts";
import { nextIntervalMs } from "./back-off.ts";
import type { RetryWish } from "./retry-decision.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/** `yes`: retry; `no`: none was wanted; otherwise one was wanted and refused, by its number or by the breaker. */
export type RetryResult = "yes" | "no" | "limit-exceeded" | "overflow";

/**
 * What is left to one request of its retries. While nothing was wanted a state changes nothing (`decide("no")`
 * is `no`), so a request may do without one until a retry is first wanted.
 *
 * From `yes` on the request holds a slot of the breaker: through the back-off and the retried attempt, until
 * that attempt's outcome is decided or `release` is called.
 */
export class RetryState {
  readonly #breaker: RetryBreaker;
  readonly #maxIntervalMs: number;
  #intervalMs: number;
  #remaining: number;
  #holdsSlot = false;

  constructor(policy: RetryPolicy, breaker: RetryBreaker) {
    this.#breaker = breaker;
    this.#maxIntervalMs = policy.maxIntervalMs;
    this.#intervalMs = policy.baseIntervalMs;
    this.#remaining = policy.numRetries;
  }

  /** Whether the request holds a slot of the breaker. */
  get holdsSlot(): boolean {
    return this.#holdsSlot;
  }

  /**
   * Envoy 1.40, RetryStateImpl::shouldRetry. A retry that the breaker refuses is spent all the same.
   * `uncounted` is for the breaker.
   */
  decide(wish: RetryWish, uncounted = 0): RetryResult {
    this.release();
    if (wish === "no") return "no";
    if (this.#remaining === 0) return "limit-exceeded";
    this.#remaining--;
    if (!this.#breaker.canCreate(uncounted)) return "overflow";
    this.#breaker.increment();
    this.#holdsSlot = true;
    return "yes";
  }

  /**
   * The back-off before the retry that `decide` granted for the wish `backoff`: a whole number of
   * milliseconds, uniform below an interval that doubles with each back-off of the request. One draw.
   */
  nextDelayMs(random: Random64): number {
    const interval = this.#intervalMs;
    this.#intervalMs = nextIntervalMs(interval, this.#maxIntervalMs);
    random.draw("back-off in ms");
    return random.mod(interval);
  }

  /** Gives back the slot, if one is held: the answer was accepted, or the request has ended otherwise. */
  release(): void {
    if (!this.#holdsSlot) return;
    this.#holdsSlot = false;
    this.#breaker.decrement();
  }
}
