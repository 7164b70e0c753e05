import { ConnectionCount, type ListenerLimits } from "./connection-limits.ts";
import type { ListenerStats } from "./listener-stats.ts";

/**
 * Whether a listener of one process takes a new connection: first the limit of the process counts, then its own
 * (Envoy 1.40, TcpListenerImpl, ActiveTcpListener).
 */
export class ListenerLimiter {
  private readonly global: ConnectionCount;
  private readonly own: ConnectionCount;

  /** `global` is shared by the listeners of the process. */
  constructor({ ofListener, ignoresGlobal }: ListenerLimits, global: ConnectionCount) {
    this.global = ignoresGlobal ? new ConnectionCount(Number.POSITIVE_INFINITY) : global;
    this.own = new ConnectionCount(ofListener);
  }

  /** A new connection is closed at once where this holds. */
  isFull(stats: ListenerStats): boolean {
    if (this.global.isFull) stats.downstreamGlobalCxOverflow.value++;
    else if (this.own.isFull) stats.downstreamCxOverflow.value++;
    else return false;
    return true;
  }

  take(): void {
    this.global.current++;
    this.own.current++;
  }

  release(): void {
    this.global.current--;
    this.own.current--;
  }
}
