import type { Simulator } from "../../../kernel/simulator.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";

export interface CachedHealth {
  readonly status: number;
  readonly isDegraded: boolean;
}

/**
 * The last answer to a health check that went through. A timer of Envoy's throws it away every `cache_time` from
 * the start of the process on; here its period tells whether that has happened.
 */
export class HealthCheckCache {
  private readonly simulator: Simulator;
  private readonly cacheTime: Nanoseconds;
  private readonly startedAt: Nanoseconds;
  private last: CachedHealth | null = null;
  private period = 0;

  constructor(simulator: Simulator, cacheTime: Nanoseconds) {
    this.simulator = simulator;
    this.cacheTime = cacheTime;
    this.startedAt = simulator.now;
  }

  /** Null: the next health check goes through. */
  get current(): CachedHealth | null {
    return this.period === this.periodNow() ? this.last : null;
  }

  set(health: CachedHealth): void {
    this.last = health;
    this.period = this.periodNow();
  }

  private periodNow(): number {
    return Math.floor((this.simulator.now - this.startedAt) / this.cacheTime);
  }
}
