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
  private readonly countsCallers: boolean;

  /** `countsCallers`: whether the filter itself, whatever routes say, counts by the cluster that requests come from. */
  constructor(stats: Stats, statPrefix: string, countsCallers: boolean) {
    this.stats = stats;
    this.countsCallers = countsCallers;
    this.prefix = `${statPrefix}fault.`;
    this.delaysInjected = stats.counter(`${this.prefix}delays_injected`);
    this.abortsInjected = stats.counter(`${this.prefix}aborts_injected`);
    this.responseLimitsInjected = stats.counter(`${this.prefix}response_rl_injected`);
    this.faultsOverflow = stats.counter(`${this.prefix}faults_overflow`);
    this.activeFaults = stats.gauge(`${this.prefix}active_faults`);
  }

  /** Of requests that name the cluster that they come from. */
  countCaller(cluster: string, what: "delays_injected" | "aborts_injected"): void {
    if (this.countsCallers) this.stats.counter(`${this.prefix}${cluster}.${what}`).value++;
  }
}
