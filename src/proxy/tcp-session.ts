import type { ResetReason } from "../http/reset-reason.ts";
import type { ResponseFlagName } from "../http/response-flags.ts";
import { IdleTimer } from "../kernel/idle-timer.ts";
import type { Handle } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Closing, Connection } from "../network/connection.ts";
import type { Stream } from "../network/stream.ts";
import { ConnectingSession } from "./connecting-session.ts";
import { jittered } from "./downstream-connection-limits.ts";
import { RelayedStream } from "./relayed-stream.ts";
import type { ServedConnection } from "./served-connection.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { Worker } from "./worker.ts";

/**
 * A connection from a client that a TCP proxy passes on: what comes before the host is connected waits, then bytes
 * go both ways, and the end of either side is passed on to the other (Envoy 1.40, Filter in
 * source/common/tcp_proxy/tcp_proxy.cc). The idle time begins with the connection and is no limit any more once an
 * attempt to connect has failed: Envoy forgets its timer then.
 */
export class TcpSession extends ConnectingSession implements ServedConnection {
  readonly startedAt: Nanoseconds;
  bytesReceived = 0;
  bytesSent = 0;
  private state: "filtered" | "waiting-for-data" | "connecting" | "connected" | "ended" = "filtered";
  /** What has come before there is a connection to a host. */
  private readonly waiting: Stream[] = [];
  /** The client sends nothing more. */
  private isHalfClosed = false;
  /** The request that the connection was opened for has its answer. */
  private hasAnswered = false;
  /** Null without a limit. */
  private idleTimer: IdleTimer<TcpSession> | null = null;
  private durationTimer: Handle = 0;

  /** `startedAt`: when the connection was accepted. */
  constructor(proxy: TcpProxy, connection: Connection, startedAt: Nanoseconds) {
    super(proxy, connection);
    this.startedAt = startedAt;
  }

  get worker(): Worker {
    return this.proxy.worker;
  }

  start(): void {
    const { simulator, parts, random } = this.proxy;
    const { idleTimeout, maxDuration, maxDurationJitter, waitsForData } = parts.config;
    if (maxDuration > 0) {
      const duration = jittered(maxDuration, maxDurationJitter, random);
      this.durationTimer = simulator.timeout(duration, durationReached, this);
    }
    if (idleTimeout > 0) {
      this.idleTimer = new IdleTimer<TcpSession>(simulator, idleTimeout, idleTooLong, this);
      this.idleTimer.rest();
    }
    this.state = waitsForData ? "waiting-for-data" : "connecting";
    if (!waitsForData) this.connect();
  }

  // From the client

  handle(stream: Stream): void {
    this.request ??= stream.request;
    if (this.state === "ended") return;
    if (this.state === "connected") this.relay(stream);
    else this.keep(stream);
    if (this.proxy.drain !== null && !stream.isSilent) this.closeIfDraining();
  }

  private keep(stream: Stream): void {
    stream.handling = this;
    this.waiting.push(stream);
    if (this.state !== "waiting-for-data" || stream.isSilent) return;
    this.state = "connecting";
    this.connect();
  }

  abandon(stream: Stream): void {
    const { handling } = stream;
    stream.handling = null;
    if (handling instanceof RelayedStream) this.upstream?.connection.giveUp(handling);
    else this.waiting.splice(this.waiting.indexOf(stream), 1);
    this.flagged(stream);
  }

  /** While it is not connected nothing is read, not even the end. */
  keepsOpen(): boolean {
    if (this.state === "ended") return false;
    this.isHalfClosed = true;
    this.upstream?.connection.endData();
    return true;
  }

  refused(reason: string, flag: ResponseFlagName | null): void {
    this.closeReason = reason;
    if (flag !== null) this.setFlag(flag);
  }

  useCluster(name: string): void {
    this.namedCluster = name;
  }

  /** Overload reduces the idle time of HTTP alone. */
  rescale(): void {}

  /** It looks after draining only when bytes flow. */
  drainStarted(): void {}

  // To and from the host

  protected override onUpstreamConnected(): void {
    this.state = "connected";
    this.idleTimer?.rest();
    for (const stream of this.waiting.splice(0)) this.relay(stream);
    if (this.isHalfClosed) this.upstream!.connection.endData();
  }

  protected override onAttemptFailed(): void {
    this.stopIdleTimer();
  }

  private relay(stream: Stream): void {
    const { upstream, upstreamHost, proxy } = this;
    if (upstream === null) return;
    const relayed = new RelayedStream(this, stream);
    stream.handling = relayed;
    stream.request.lastHost = upstreamHost!.stationNumber;
    // The attempts to connect count for the request that the connection was opened for.
    if (stream.request !== this.request) proxy.attemptStarted(stream.isFirstHop ? stream.request : null);
    this.bytesReceived += stream.head.bodyBytes;
    if (!stream.isSilent) this.idleTimer?.rest();
    upstream.connection.send(relayed);
  }

  onAnswer({ downstream }: RelayedStream): void {
    this.idleTimer?.rest();
    this.bytesSent += downstream.responseBodyBytes;
    this.proxy.attemptEnded(this.upstreamHost!.stationNumber, downstream.status);
    if (downstream.request === this.request) this.hasAnswered = true;
    this.flagged(downstream);
    downstream.connection!.respond(downstream);
    if (this.proxy.drain !== null) this.closeIfDraining();
  }

  /** Only HTTP/2 inside the connection can end an exchange alone. */
  onStreamReset({ downstream }: RelayedStream, reason: ResetReason): void {
    this.idleTimer?.rest();
    this.flagged(downstream);
    downstream.connection!.resetByPeer(downstream, reason);
    if (this.proxy.drain !== null) this.closeIfDraining();
  }

  override onUpstreamGoAway(): void {
    this.connection.goAway();
  }

  override onUpstreamClosed(closing: Closing): void {
    this.upstream = null;
    if (closing === "reset") this.setFlag("UR");
    this.proxy.closeConnection(this.connection, closing);
  }

  // Its end

  /** Bytes have been passed on (Envoy 1.40, Filter::maybeCloseDownstreamForDrainClose): the whole drain time is the ramp. */
  private closeIfDraining(): void {
    const { drain, parts, random } = this.proxy;
    if (!parts.config.checksDrainClose || this.state === "ended" || !drain!.closes(1, random)) return;
    parts.stats.downstreamCxDrainClose.value++;
    this.closeFor("tcp_proxy_drain_close");
  }

  onIdleTimeout(): void {
    this.proxy.parts.stats.idleTimeout.value++;
    this.closeFor("tcp_session_idle_timeout");
  }

  onMaxDuration(): void {
    this.durationTimer = 0;
    this.setFlag("DT");
    this.proxy.parts.stats.maxDownstreamConnectionDuration.value++;
    this.closeFor("max_connection_duration_reached");
  }

  protected override closeFor(reason: string): void {
    this.closeReason = reason;
    this.proxy.closeConnection(this.connection, "closed");
  }

  ended(): void {
    this.state = "ended";
    this.proxy.simulator.cancel(this.durationTimer);
    this.stopIdleTimer();
    this.stopConnecting();
    this.closeUpstream();
    this.flagUnanswered();
    this.proxy.logEnd(this);
  }

  private stopIdleTimer(): void {
    this.idleTimer?.stop();
    this.idleTimer = null;
  }

  private closeUpstream(): void {
    const { upstream } = this;
    if (upstream === null) return;
    this.upstream = null;
    upstream.closeNow();
  }

  private flagUnanswered(): void {
    const { request, connection } = this;
    for (const stream of connection.streams) {
      if (stream.request === request) this.hasAnswered = true;
      this.flagged(stream);
    }
    if (request !== null && !this.hasAnswered && this.isFirstHop) this.proxy.flagged(request, this.flags);
  }

  private flagged({ isFirstHop, request }: Stream): void {
    if (isFirstHop) this.proxy.flagged(request, this.flags);
  }
}

function idleTooLong(session: TcpSession): void {
  session.onIdleTimeout();
}

function durationReached(session: TcpSession): void {
  session.onMaxDuration();
}
