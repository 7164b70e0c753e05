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
}

/** From this share of the limit on, hits count as near it. */
const NEAR = 0.8;

/**
 * Counts the hits of one key in windows that all clients share (github.com/envoyproxy/ratelimit, base_limiter and
 * fixed_cache_impl): a window begins when the clock is a multiple of the unit, so that up to twice the limit may
 * pass around its end. Refused hits are counted too.
 */
export class FixedWindow {
  readonly counts: LimitCounts = {
    totalHits: 0,
    overLimit: 0,
    nearLimit: 0,
    withinLimit: 0,
    overLimitWithLocalCache: 0,
  };
  private readonly limit: RateLimit;
  private readonly hasLocalCache: boolean;
  private window = Number.NaN;
  private hits = 0;
  /** The local cache knows that this window is full. */
  private isCached = false;

  /** `hasLocalCache`: a full window is remembered, and its hits are no longer counted in the store. */
  constructor(limit: RateLimit, hasLocalCache: boolean) {
    this.limit = limit;
    this.hasLocalCache = hasLocalCache;
  }

  hit(addend: number, now: Nanoseconds): LimitAnswer {
    const seconds = Math.floor(now / SECOND);
    const length = UNIT_SECONDS[this.limit.unit];
    this.enterWindow(Math.floor(seconds / length));
    this.counts.totalHits += addend;
    const resetSeconds = length - (((seconds % length) + length) % length);
    if (this.isCached) {
      this.counts.overLimit += addend;
      this.counts.overLimitWithLocalCache += addend;
      return { isOver: true, remaining: 0, resetSeconds };
    }
    const before = this.hits;
    this.hits += addend;
    const isOver = this.count(before, this.hits);
    return { isOver, remaining: isOver ? 0 : this.limit.requestsPerUnit - this.hits, resetSeconds };
  }

  private enterWindow(window: number): void {
    if (window === this.window) return;
    this.window = window;
    this.hits = 0;
    this.isCached = false;
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
    this.isCached = this.hasLocalCache;
    return true;
  }
}
