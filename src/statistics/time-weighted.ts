/**
 * The time integral of a level that changes in steps, such as a queue's length, over the window [from, to). The
 * level may change before and after the window: what counts is the level that it has inside. With whole times and
 * levels the integral is exact up to 2^53. Calls must not go back in time.
 */
export class TimeWeighted {
  readonly #from: number;
  readonly #to: number;
  #level = 0;
  /** Up to here, within the window, `#area` is complete. */
  #since: number;
  #area = 0;

  constructor(from = 0, to = Infinity) {
    if (!(from < to)) throw new RangeError(`a window must end after its start: [${from}, ${to})`);
    this.#from = from;
    this.#to = to;
    this.#since = from;
  }

  /** The level now; 0 at first. */
  get level(): number {
    return this.#level;
  }

  /** From `now` on the level is `level`. */
  set(now: number, level: number): void {
    this.#advance(now);
    this.#level = level;
  }

  /** From `now` on the level is higher by `delta`, which may be negative. */
  add(now: number, delta: number): void {
    this.#advance(now);
    this.#level += delta;
  }

  /** Level times time, over the part of the window before `now`. */
  integral(now: number): number {
    this.#advance(now);
    return this.#area;
  }

  /** The average level over the part of the window before `now`; NaN when `now` is not after its start. */
  mean(now: number): number {
    return this.integral(now) / (this.#since - this.#from);
  }

  #advance(now: number): void {
    const within = now < this.#to ? now : this.#to;
    if (within > this.#since) {
      this.#area += this.#level * (within - this.#since);
      this.#since = within;
    }
  }
}
