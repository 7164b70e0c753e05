import type { Counter, Stats } from "../../../telemetry/stats.ts";
import type { FilterProcess } from "../http-filter.ts";
import type { LocalRateLimitSettings } from "./local-rate-limit-settings.ts";
import { LocalRateLimiter } from "./local-rate-limiter.ts";

/** Envoy's statistics `STAT_PREFIX.http_local_rate_limit.*`. */
class LocalRateLimitStats {
  readonly enabled: Counter;
  readonly ok: Counter;
  readonly rateLimited: Counter;
  readonly enforced: Counter;
  readonly shadowMode: Counter;

  constructor(stats: Stats, statPrefix: string) {
    const counter = (name: string) => stats.counter(`${statPrefix}.http_local_rate_limit.${name}`);
    this.enabled = counter("enabled");
    this.ok = counter("ok");
    this.rateLimited = counter("rate_limited");
    this.enforced = counter("enforced");
    this.shadowMode = counter("shadow_mode");
  }
}

/** One configured limit in a process: its bucket is shared by all workers, unless each connection has its own. */
export class LocalRateLimit {
  readonly settings: LocalRateLimitSettings;
  readonly stats: LocalRateLimitStats;
  readonly process: FilterProcess;
  private readonly shared: LocalRateLimiter;
  private readonly ofConnections: WeakMap<object, LocalRateLimiter>;

  /** `ofConnections`: a connection has one limiter, that of the first configuration that asks for one. */
  constructor(
    settings: LocalRateLimitSettings,
    process: FilterProcess,
    ofConnections: WeakMap<object, LocalRateLimiter>,
  ) {
    this.ofConnections = ofConnections;
    this.settings = settings;
    this.process = process;
    this.stats = new LocalRateLimitStats(process.stats, settings.statPrefix);
    this.shared = this.newLimiter();
  }

  limiterFor(connection: object): LocalRateLimiter {
    if (!this.settings.isPerConnection) return this.shared;
    let limiter = this.ofConnections.get(connection);
    if (limiter === undefined) this.ofConnections.set(connection, (limiter = this.newLimiter()));
    return limiter;
  }

  private newLimiter(): LocalRateLimiter {
    const { settings, process } = this;
    const sharers = settings.isSharedByCluster ? () => process.localClusterSize() || 1 : () => 1;
    return new LocalRateLimiter(process.simulator, settings.limiter, sharers);
  }
}
