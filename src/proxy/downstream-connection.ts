import { IdleTimer } from "../kernel/idle-timer.ts";
import type { Handle } from "../kernel/simulator.ts";
import type { Connection } from "../network/connection.ts";
import type { Stream } from "../network/stream.ts";
import { type DownstreamConnectionLimits, jittered } from "./downstream-connection-limits.ts";
import type { HttpConnectionManager } from "./http-connection-manager.ts";
import type { ServedConnection } from "./served-connection.ts";
import type { Worker } from "./worker.ts";

/**
 * A connection from a client, and how it ends: after a time without requests, after a time or a number of
 * requests it is drained. Answers then say `connection: close`, or HTTP/2 sends GOAWAY; when `drain_timeout`
 * is over it is closed after its last answer (Envoy 1.40, ConnectionManagerImpl in
 * source/common/http/conn_manager_impl.cc).
 */
export class DownstreamConnection implements ServedConnection {
  readonly manager: HttpConnectionManager;
  readonly connection: Connection;
  private readonly limits: DownstreamConnectionLimits;
  private state: "open" | "draining" | "closing" | "closed" = "open";
  private activeStreams = 0;
  private requests = 0;
  /** The next answer of HTTP/1.1 is the last: its time is over, and the configuration asks for this. */
  private isSoftDraining = false;
  /** Overload has made the present answer the last. */
  private isOverloaded = false;
  /** It broke while requests were active on it. */
  private hasLostStreams = false;
  /** Null without a limit. */
  private idleTimer: IdleTimer<DownstreamConnection> | null = null;
  private durationTimer: Handle = 0;
  private drainTimer: Handle = 0;
  /** Until draining of its listener ends it though nothing is asked. */
  private proactiveTimer: Handle = 0;
  private closeTimer: Handle = 0;

  constructor(manager: HttpConnectionManager, connection: Connection, limits: DownstreamConnectionLimits) {
    const { simulator, random } = manager;
    const { idleTimeout, maxDuration, maxDurationJitter } = limits;
    this.manager = manager;
    this.connection = connection;
    this.limits = limits;
    if (idleTimeout > 0) {
      const present = manager.scaledIdleTimeout(idleTimeout);
      this.idleTimer = new IdleTimer<DownstreamConnection>(simulator, present, idleTooLong, this);
      this.idleTimer.rest();
    }
    if (maxDuration > 0) {
      const duration = jittered(maxDuration, maxDurationJitter, random);
      this.durationTimer = simulator.timeout(duration, durationReached, this);
    }
  }

  handle(stream: Stream): void {
    // Before it closes a connection Envoy leaves it alone for a while, and reads nothing any more.
    if (this.state === "closing" || this.state === "closed") return;
    this.activeStreams++;
    this.idleTimer?.work();
    this.countRequest();
    this.manager.handle(stream);
  }

  abandon(stream: Stream): void {
    if (this.connection.protocol === "http1") this.hasLostStreams = true;
    this.manager.abandon(stream);
    this.streamEnded();
  }

  get worker(): Worker {
    return this.manager.worker;
  }

  /** Its timers run from its beginning, whatever the filters in front of the connection manager do. */
  start(): void {}

  /** A connection that is refused has no line in the access log of requests. */
  refused(): void {}

  /** Routes say where requests go. */
  useCluster(): void {}

  keepsOpen(): boolean {
    return false;
  }

  ended(by: "local" | "remote"): void {
    this.manager.closed(this, by);
  }

  close(): void {
    this.manager.closeConnection(this.connection, "closed");
  }

  /** Whether the answer that is about to be sent on HTTP/1.1 is the last. */
  get closesAfterAnswer(): boolean {
    return this.state !== "open" && this.connection.protocol === "http1";
  }

  /** Overload has changed how long it may be idle. */
  rescale(): void {
    this.idleTimer?.change(this.manager.scaledIdleTimeout(this.limits.idleTimeout));
  }

  drainStarted(): void {
    const { drain, random, simulator } = this.manager;
    const delay = drain!.proactiveDelay(this.limits.drainTimeout, random);
    if (delay > 0) this.proactiveTimer = simulator.timeout(delay, drainedProactively, this);
  }

  onProactiveDrain(): void {
    this.proactiveTimer = 0;
    if (this.state !== "open") return;
    this.manager.stats.downstreamCxDrainClose.value++;
    this.timeIsOver();
  }

  /** Draining ends it with the answer that is about to be sent. */
  endForDrain(): void {
    this.manager.stats.downstreamCxDrainClose.value++;
    this.startDraining();
  }

  get isOpen(): boolean {
    return this.state === "open";
  }

  /** Overload ends it with the answer that is about to be sent; HTTP/2 is drained. */
  endForOverload(): void {
    this.manager.stats.downstreamCxOverloadDisableKeepalive.value++;
    if (this.connection.protocol === "http2") {
      this.manager.stats.downstreamCxDrainClose.value++;
      this.startDraining();
    } else {
      this.isOverloaded = true;
      this.state = "closing";
    }
  }

  /**
   * An answer of HTTP/1.1 is sent before its request has been read: the other side, which is told, may close first
   * (Envoy 1.40, ConnectionManagerImpl::doEndStream).
   */
  endUnread(): void {
    this.state = "closing";
  }

  /** An exchange is over. */
  streamEnded(): void {
    if (--this.activeStreams > 0) return;
    this.idleTimer?.rest();
    if (this.state !== "closing") return;
    // An HTTP/1.1 answer that announced the end leaves nothing to wait for.
    if (this.connection.protocol === "http1" && this.endsWithAnswer) this.close();
    else this.closeLater();
  }

  /** It is closed, by whomever. */
  stop(): void {
    const { simulator } = this.manager;
    this.idleTimer?.stop();
    this.idleTimer = null;
    for (const timer of [this.durationTimer, this.drainTimer, this.proactiveTimer, this.closeTimer])
      simulator.cancel(timer);
    this.state = "closed";
    if (this.isSoftDraining) this.manager.stats.downstreamCxHttp1SoftDrain.value--;
  }

  /** Whether requests were active when it ended, so far as they are known to be lost. */
  get hasActiveStreams(): boolean {
    return this.activeStreams > 0 || this.hasLostStreams;
  }

  onIdleTimeout(): void {
    this.manager.stats.downstreamCxIdleTimeout.value++;
    this.timeIsOver();
  }

  onMaxDuration(): void {
    const { stats } = this.manager;
    stats.downstreamCxMaxDurationReached.value++;
    const isHttp1 = this.connection.protocol === "http1";
    if (this.requests > 0 && this.state === "open" && isHttp1 && this.limits.isHttp1SafeMaxDuration) {
      stats.downstreamCxHttp1SoftDrain.value++;
      this.isSoftDraining = true;
    } else {
      this.timeIsOver();
    }
  }

  onDrainTimeout(): void {
    this.drainTimer = 0;
    if (this.connection.protocol === "http2") this.connection.goAway();
    this.state = "closing";
    if (this.activeStreams === 0) this.closeLater();
  }

  onDelayedClose(): void {
    this.closeTimer = 0;
    this.manager.stats.downstreamCxDelayedCloseTimeout.value++;
    this.close();
  }

  /** Whether a limit says that the answer to the present request is the last, which the answer announces. */
  private get endsWithAnswer(): boolean {
    return this.isOverloaded || this.isSoftDraining || this.requests >= this.limits.maxRequests;
  }

  private countRequest(): void {
    this.requests++;
    const isHttp1 = this.connection.protocol === "http1";
    if (this.requests >= this.limits.maxRequests) {
      if (isHttp1) this.state = "closing";
      else if (this.state === "open") this.startDraining();
      this.manager.stats.downstreamCxMaxRequestsReached.value++;
    }
    if (this.isSoftDraining) this.state = "closing";
  }

  /** One of HTTP/1.1 on which nothing was ever asked is closed at once: Envoy does not know its protocol yet. */
  private timeIsOver(): void {
    if (this.requests === 0 && this.connection.protocol === "http1") this.close();
    else if (this.state === "open") this.startDraining();
  }

  private startDraining(): void {
    const { simulator, random } = this.manager;
    const { drainTimeout, drainTimeoutJitter } = this.limits;
    this.state = "draining";
    if (this.connection.protocol === "http2") this.connection.goAway();
    const timeout = jittered(drainTimeout, drainTimeoutJitter, random);
    this.drainTimer = simulator.timeout(timeout, drainTimedOut, this);
  }

  /** Leaves the closing to the client for a while. */
  private closeLater(): void {
    const { delayedCloseTimeout } = this.limits;
    if (delayedCloseTimeout === 0) this.close();
    else this.closeTimer = this.manager.simulator.timeout(delayedCloseTimeout, closeDelayed, this);
  }
}

function idleTooLong(connection: DownstreamConnection): void {
  connection.onIdleTimeout();
}

function durationReached(connection: DownstreamConnection): void {
  connection.onMaxDuration();
}

function drainedProactively(connection: DownstreamConnection): void {
  connection.onProactiveDrain();
}

function drainTimedOut(connection: DownstreamConnection): void {
  connection.onDrainTimeout();
}

function closeDelayed(connection: DownstreamConnection): void {
  connection.onDelayedClose();
}
