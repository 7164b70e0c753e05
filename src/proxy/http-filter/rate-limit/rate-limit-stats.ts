import type { Counter } from "../../../telemetry/stats.ts";
import type { FilteredClusterStats, FilterProcess } from "../http-filter.ts";

/** Envoy's statistics `cluster.NAME.ratelimit.*` of the cluster that limited requests are meant for. */
export interface ClusterRateLimitStats {
  readonly ok: Counter;
  readonly error: Counter;
  readonly overLimit: Counter;
  readonly failureModeAllowed: Counter;
  readonly cluster: FilteredClusterStats;
}

/** Those of all clusters. */
export class RateLimitStats {
  private readonly process: FilterProcess;
  private readonly prefix: string;
  private readonly byCluster = new Map<string, ClusterRateLimitStats>();

  constructor(process: FilterProcess, statPrefix: string) {
    this.process = process;
    this.prefix = statPrefix === "" ? "ratelimit" : `ratelimit.${statPrefix}`;
  }

  /** Undefined: there is no such cluster. */
  ofCluster(name: string): ClusterRateLimitStats | undefined {
    let stats = this.byCluster.get(name);
    if (stats === undefined) {
      stats = this.make(name);
      if (stats !== undefined) this.byCluster.set(name, stats);
    }
    return stats;
  }

  private make(name: string): ClusterRateLimitStats | undefined {
    const { stats } = this.process;
    const cluster = this.process.clusterStatsOf(name);
    if (cluster === undefined) return undefined;
    const counter = (of: string) => stats.counter(`cluster.${cluster.statName}.${this.prefix}.${of}`);
    return {
      ok: counter("ok"),
      error: counter("error"),
      overLimit: counter("over_limit"),
      failureModeAllowed: counter("failure_mode_allowed"),
      cluster,
    };
  }
}
