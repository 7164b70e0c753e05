import type { Counter, Gauge, Stats } from "../../../telemetry/stats.ts";

/** Envoy's statistics `http.STAT_PREFIX.fault.*`. */
export class FaultStats {
  readonly delaysInjected: Counter;
  readonly abortsInjected: Counter;
  readonly responseLimitsInjected: Counter;
  readonly faultsOverflow: Counter;
  readonly activeFaults: Gauge;
  private readonly stats: Stats;
  private readonly prefix: string;

  constructor(stats: Stats, statPrefix: string) {
    this.stats = stats;
    this.prefix = `${statPrefix}fault.`;
    this.delaysInjected = stats.counter(`${this.prefix}delays_injected`);
    this.abortsInjected = stats.counter(`${this.prefix}aborts_injected`);
    this.responseLimitsInjected = stats.counter(`${this.prefix}response_rl_injected`);
    this.faultsOverflow = stats.counter(`${this.prefix}faults_overflow`);
    this.activeFaults = stats.gauge(`${this.prefix}active_faults`);
  }

  /** Of requests that name the cluster that they come from. */
  ofDownstreamCluster(cluster: string, what: "delays_injected" | "aborts_injected"): Counter {
    return this.stats.counter(`${this.prefix}${cluster}.${what}`);
  }
}
