import type { Counter, Gauge, Stats } from "../telemetry/stats.ts";

/** Connections of a listener, or of one worker of it. */
class ConnectionStats {
  readonly total: Counter;
  readonly active: Gauge;

  constructor(stats: Stats, prefix: string) {
    this.total = stats.counter(`${prefix}downstream_cx_total`);
    this.active = stats.gauge(`${prefix}downstream_cx_active`);
  }
}

/** Envoy's statistics `listener.ADDRESS_PORT.*`. */
export class ListenerStats {
  private readonly all: ConnectionStats;
  private readonly byWorker: readonly ConnectionStats[];
  private readonly destroyed: Counter;
  /** Refused by the listener's limit, and by that of the whole process. */
  readonly downstreamCxOverflow: Counter;
  readonly downstreamGlobalCxOverflow: Counter;
  /** Closed at once for overload. */
  readonly downstreamCxOverloadReject: Counter;
  readonly noFilterChainMatch: Counter;
  /** Listener filters have waited in vain. */
  readonly downstreamPreCxTimeout: Counter;
  /** Clients that have gone meanwhile. */
  readonly downstreamListenerFilterRemoteClose: Counter;

  /** `name`: the configured prefix, or address and port. */
  constructor(stats: Stats, name: string, workers: number) {
    const prefix = `listener.${name.replaceAll(":", "_")}.`;
    this.all = new ConnectionStats(stats, prefix);
    this.byWorker = Array.from(
      { length: workers },
      (_, i) => new ConnectionStats(stats, `${prefix}worker_${i}.`),
    );
    this.downstreamCxOverflow = stats.counter(`${prefix}downstream_cx_overflow`);
    this.downstreamGlobalCxOverflow = stats.counter(`${prefix}downstream_global_cx_overflow`);
    this.downstreamPreCxTimeout = stats.counter(`${prefix}downstream_pre_cx_timeout`);
    this.downstreamListenerFilterRemoteClose = stats.counter(
      `${prefix}downstream_listener_filter_remote_close`,
    );
    this.noFilterChainMatch = stats.counter(`${prefix}no_filter_chain_match`);
    this.downstreamCxOverloadReject = stats.counter(`${prefix}downstream_cx_overload_reject`);
    this.destroyed = stats.counter(`${prefix}downstream_cx_destroy`);
  }

  /** The worker with the fewest connections, of several the first (Envoy 1.40, ExactConnectionBalancerImpl). */
  get leastBusyWorker(): number {
    let least = 0;
    for (let worker = 1; worker < this.byWorker.length; worker++) {
      if (this.byWorker[worker]!.active.value < this.byWorker[least]!.active.value) least = worker;
    }
    return least;
  }

  opened(worker: number): void {
    for (const { total, active } of [this.all, this.byWorker[worker]!]) {
      total.value++;
      active.value++;
    }
  }

  closed(worker: number): void {
    this.all.active.value--;
    this.byWorker[worker]!.active.value--;
    this.destroyed.value++;
  }
}
