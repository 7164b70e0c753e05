import { type Nanoseconds, SECOND } from "../../kernel/time.ts";

/** Lengths of the units of rate limits in seconds; a month is 30 days. */
export const UNIT_SECONDS = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
} as const;

export type RateLimitUnit = keyof typeof UNIT_SECONDS;

export interface RateLimit {
  readonly requestsPerUnit: number;
  readonly unit: RateLimitUnit;
}

export interface LimitAnswer {
  readonly isOver: boolean;
  readonly remaining: number;
  /** Whole seconds until the window ends. */
  readonly resetSeconds: number;
}

/** What a limit has counted, under the names of the reference service. */
export interface LimitCounts {
  totalHits: number;
  overLimit: number;
  nearLimit: number;
  withinLimit: number;
  overLimitWithLocalCache: number;
  /** Hits over the limit that pass because the rule only counts. */
  shadowMode: number;
}

export function noCounts(): LimitCounts {
  return {
    totalHits: 0,
    overLimit: 0,
    nearLimit: 0,
    withinLimit: 0,
    overLimitWithLocalCache: 0,
    shadowMode: 0,
  };
}

/** From this share of the limit on, hits count as near it. */
const NEAR = 0.8;

/** What one host of the service remembers: the windows that it knows to be full. */
export type LocalCache = WeakMap<FixedWindow, number>;

/**
 * Counts the hits of one key in windows that all clients share (github.com/envoyproxy/ratelimit, base_limiter and
 * fixed_cache_impl): a window begins when the clock is a multiple of the unit, so that up to twice the limit may
 * pass around its end. Refused hits are counted too.
 */
export class FixedWindow {
  private readonly limit: RateLimit;
  private readonly counts: LimitCounts;
  private window = Number.NaN;
  private hits = 0;

  /** `counts`: of all keys that one rule limits. */
  constructor(limit: RateLimit, counts: LimitCounts) {
    this.limit = limit;
    this.counts = counts;
  }

  /** With a cache, a full window is remembered there, and its hits are no longer counted in the store. */
  hit(addend: number, now: Nanoseconds, cache: LocalCache | null): LimitAnswer {
    const seconds = Math.floor(now / SECOND);
    const length = UNIT_SECONDS[this.limit.unit];
    const window = Math.floor(seconds / length);
    const resetSeconds = length - (((seconds % length) + length) % length);
    this.counts.totalHits += addend;
    if (cache?.get(this) === window) {
      this.counts.overLimit += addend;
      this.counts.overLimitWithLocalCache += addend;
      return { isOver: true, remaining: 0, resetSeconds };
    }
    this.enterWindow(window);
    const before = this.hits;
    this.hits += addend;
    const isOver = this.count(before, this.hits);
    if (isOver) cache?.set(this, window);
    return { isOver, remaining: isOver ? 0 : this.limit.requestsPerUnit - this.hits, resetSeconds };
  }

  /** Whether its window has passed, so that it counts nothing any more. */
  isOverAt(now: Nanoseconds): boolean {
    return Math.floor(Math.floor(now / SECOND) / UNIT_SECONDS[this.limit.unit]) !== this.window;
  }

  private enterWindow(window: number): void {
    if (window === this.window) return;
    this.window = window;
    this.hits = 0;
  }

  /** Says whether the limit is exceeded. */
  private count(before: number, after: number): boolean {
    const { counts, limit } = this;
    const most = limit.requestsPerUnit;
    const near = Math.floor(Math.fround(Math.fround(most) * Math.fround(NEAR)));
    if (after <= most) {
      counts.withinLimit += after - before;
      if (after > near) counts.nearLimit += before >= near ? after - before : after - near;
      return false;
    }
    counts.overLimit += before >= most ? after - before : after - most;
    if (before < most) counts.nearLimit += most - Math.max(near, before);
    return true;
  }
}
