import type { Random64 } from "../random/random64.ts";
import { ConnectionCount, type ListenerLimits } from "./connection-limits.ts";
import type { ListenerStats } from "./listener-stats.ts";
import type { OverloadManager } from "./overload/overload-manager.ts";

/** Who says whether connections are closed for overload, and its draws. */
interface Shedding {
  readonly overload: OverloadManager;
  readonly random: Random64;
}

/**
 * Whether a listener of one process takes a new connection: first the limit of the process counts, then overload,
 * then its own limit
 * (Envoy 1.40, TcpListenerImpl, ActiveTcpListener).
 */
export class ListenerLimiter {
  private readonly global: ConnectionCount;
  private readonly own: ConnectionCount;
  private readonly shedding: Shedding | null;

  /** `global` is shared by the listeners of the process. */
  constructor(
    { ofListener, ignoresGlobal }: ListenerLimits,
    global: ConnectionCount,
    shedding: Shedding | null,
  ) {
    this.shedding = shedding;
    this.global = ignoresGlobal ? new ConnectionCount(Number.POSITIVE_INFINITY) : global;
    this.own = new ConnectionCount(ofListener);
  }

  /** A new connection is closed at once where this holds. */
  isFull(stats: ListenerStats): boolean {
    if (this.global.isFull) stats.downstreamGlobalCxOverflow.value++;
    else if (this.shedding?.overload.rejectsConnection(this.shedding.random))
      stats.downstreamCxOverloadReject.value++;
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
