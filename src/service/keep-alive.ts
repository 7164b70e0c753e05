import { IdleTimer } from "../kernel/idle-timer.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Connection } from "../network/connection.ts";

/** A connection that a host keeps open while it is used. */
class KeptConnection {
  readonly connection: Connection;
  readonly keepAlive: KeepAlive;
  readonly timer: IdleTimer<KeptConnection>;
  requests = 0;
  /** It should have been closed while the host stood still. */
  isOverdue = false;

  constructor(keepAlive: KeepAlive, connection: Connection, simulator: Simulator, timeout: Nanoseconds) {
    this.keepAlive = keepAlive;
    this.connection = connection;
    this.timer = new IdleTimer<KeptConnection>(simulator, timeout, idleTooLong, this);
  }
}

/**
 * Closes connections of a host on which there was no request for so long, counted from when they were opened or
 * from the last answer, as HTTP servers do. A host that is paused closes them when it goes on.
 */
export class KeepAlive {
  private readonly simulator: Simulator;
  private readonly timeout: Nanoseconds;
  private readonly close: (connection: Connection) => void;
  private readonly connections = new Map<Connection, KeptConnection>();
  private isPaused = false;

  constructor(simulator: Simulator, timeout: Nanoseconds, close: (connection: Connection) => void) {
    this.simulator = simulator;
    this.timeout = timeout;
    this.close = close;
  }

  opened(connection: Connection): void {
    const kept = new KeptConnection(this, connection, this.simulator, this.timeout);
    this.connections.set(connection, kept);
    kept.timer.rest();
  }

  closed(connection: Connection): void {
    this.connections.get(connection)?.timer.stop();
    this.connections.delete(connection);
  }

  requestCame(connection: Connection): void {
    const kept = this.connections.get(connection)!;
    kept.requests++;
    kept.isOverdue = false;
    kept.timer.work();
  }

  /** It was answered or given up; its connection may have been closed before. */
  requestEnded(connection: Connection): void {
    const kept = this.connections.get(connection);
    if (kept !== undefined && --kept.requests === 0) kept.timer.rest();
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (isPaused) return;
    for (const kept of [...this.connections.values()]) if (kept.isOverdue) this.expire(kept);
  }

  expire(kept: KeptConnection): void {
    kept.isOverdue = true;
    if (this.isPaused) return;
    this.closed(kept.connection);
    this.close(kept.connection);
  }
}

function idleTooLong(kept: KeptConnection): void {
  kept.keepAlive.expire(kept);
}
