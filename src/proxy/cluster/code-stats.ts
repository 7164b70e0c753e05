import type { Counter, Stats } from "../../telemetry/stats.ts";

/** The counters that move for one status under one prefix: completed, class and code. */
class StatusCounters {
  readonly all: readonly Counter[];

  constructor(stats: Stats, prefixes: readonly string[], status: number) {
    this.all = prefixes.flatMap((prefix) => [
      stats.counter(`${prefix}upstream_rq_completed`),
      stats.counter(`${prefix}upstream_rq_${Math.trunc(status / 100)}xx`),
      stats.counter(`${prefix}upstream_rq_${status}`),
    ]);
  }
}

/** Envoy's statistics by response code (1.40, source/common/http/codes.cc), under one or more prefixes. */
export class CodeStats {
  private readonly stats: Stats;
  private readonly prefixes: readonly string[];
  private readonly byStatus: (StatusCounters | undefined)[] = [];

  constructor(stats: Stats, prefixes: readonly string[]) {
    this.stats = stats;
    this.prefixes = prefixes;
  }

  charge(status: number): void {
    const counters = (this.byStatus[status] ??= new StatusCounters(this.stats, this.prefixes, status)).all;
    for (let i = 0; i < counters.length; i++) counters[i]!.value++;
  }
}
