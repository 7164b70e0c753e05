import type { Stats } from "../telemetry/stats.ts";
import { ConnectionCount, ConnectionLimit, type ListenerLimits } from "./connection-limits.ts";
import type { ListenerStats } from "./listener-stats.ts";

/**
 * Decides about each new connection to a listener of one process: first the limit of the process, then that of the
 * listener, then its connection limit filters in their order (Envoy 1.40, TcpListenerImpl, ActiveTcpListener).
 */
export class ListenerLimiter {
  private readonly global: ConnectionCount;
  private readonly own: ConnectionCount;
  private readonly filters: readonly ConnectionLimit[];

  /** `global` is shared by the listeners of the process. */
  constructor({ ofListener, ignoresGlobal, filters }: ListenerLimits, global: ConnectionCount, stats: Stats) {
    this.global = ignoresGlobal ? new ConnectionCount(Number.POSITIVE_INFINITY) : global;
    this.own = new ConnectionCount(ofListener);
    this.filters = filters.map((filter) => new ConnectionLimit(filter, stats));
  }

  /** Whether the listener takes it at all; if not, the socket is closed at once. */
  take(stats: ListenerStats): boolean {
    if (this.global.isFull) stats.downstreamGlobalCxOverflow.value++;
    else if (this.own.isFull) stats.downstreamCxOverflow.value++;
    else {
      this.global.current++;
      this.own.current++;
      return true;
    }
    return false;
  }

  /** The filter that refuses a connection that was taken; undefined: none. Filters after it do not see it. */
  refusal(): { readonly filter: ConnectionLimit | undefined; readonly passed: number } {
    const position = this.filters.findIndex((filter) => !filter.admit());
    return position < 0
      ? { filter: undefined, passed: this.filters.length }
      : { filter: this.filters[position], passed: position + 1 };
  }

  /** A connection that was taken, and counted by so many filters, is closed. */
  release(passed: number): void {
    this.global.current--;
    this.own.current--;
    for (const filter of this.filters.slice(0, passed)) filter.release();
  }
}
