import type { Nanoseconds } from "../../kernel/time.ts";

/** A whole number drawn uniformly from [0, bound); `bound` is a whole number of at least 1. */
export type DrawBelow = (bound: number) => number;

/** How the waits of one series grow. */
export interface BackOffSettings {
  /** The first wait, or its bound. */
  readonly base: Nanoseconds;
  readonly max: Nanoseconds;
  /** What each bound is times the one before; at least 1. */
  readonly factor: number;
  /**
   * `none`: the bound itself. `full`: uniform below the bound. `equal`: Finagle's, half of the bound and a draw
   * below that half; the first wait is `base` exactly, and the factor is 2.
   */
  readonly jitter: "none" | "full" | "equal";
}

/** One series of growing waits. */
export interface BackOff {
  next(): Nanoseconds;
}

export function makeBackOff(settings: BackOffSettings, drawBelow: DrawBelow): BackOff {
  if (settings.jitter === "equal") return new EqualJittered(settings.base, settings.max, drawBelow);
  return new ExponentialBackOff(settings, drawBelow);
}

/** Waits min(base * factor^n, max), or uniformly less: n counts from 0. */
class ExponentialBackOff implements BackOff {
  private readonly settings: BackOffSettings;
  private readonly drawBelow: DrawBelow;
  private bound: number;

  constructor(settings: BackOffSettings, drawBelow: DrawBelow) {
    this.settings = settings;
    this.drawBelow = drawBelow;
    this.bound = Math.min(settings.base, settings.max);
  }

  next(): Nanoseconds {
    const bound = Math.round(this.bound);
    this.bound = Math.min(this.bound * this.settings.factor, this.settings.max);
    if (this.settings.jitter === "none" || bound === 0) return bound;
    return this.drawBelow(bound);
  }
}

/**
 * Finagle's Backoff.equalJittered: `start`, then half + [0, half) with half = start, 2 start, 4 start ..., and
 * `max` for ever once half or the sum reaches it. One draw for each wait between the first and `max`.
 */
export class EqualJittered implements BackOff {
  private readonly start: Nanoseconds;
  private readonly max: Nanoseconds;
  private readonly drawBelow: DrawBelow;
  /** 0: the first wait is still to come. */
  private half = 0;
  private isConstant = false;

  constructor(start: Nanoseconds, max: Nanoseconds, drawBelow: DrawBelow) {
    this.start = start;
    this.max = max;
    this.drawBelow = drawBelow;
  }

  next(): Nanoseconds {
    if (this.isConstant || this.start >= this.max) return this.max;
    if (this.half === 0) {
      this.half = this.start;
      return this.start;
    }
    const { half } = this;
    this.half = half * 2;
    const wait = half >= this.max || half === 0 ? this.max : half + this.drawBelow(half);
    if (wait < this.max) return wait;
    this.isConstant = true;
    return this.max;
  }
}
