import type { Request } from "../http/request.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Closing, Connection } from "../network/connection.ts";
import type { Random64 } from "../random/random64.ts";
import type { ConnectBackOff } from "./connect-back-off.ts";
import type { ListenerDrain } from "./draining/listener-drain.ts";
import type { Proxy } from "./proxy.ts";
import type { ConnectionServer } from "./served-connection.ts";
import { tcpLogRecord } from "./tcp-log-record.ts";
import type { TcpProxyConfig } from "./tcp-proxy/tcp-proxy-config.ts";
import type { TcpProxyStats } from "./tcp-proxy/tcp-proxy-stats.ts";
import { TcpSession } from "./tcp-session.ts";
import type { Worker } from "./worker.ts";

/** What the workers of a process share of a TCP proxy. */
export interface TcpProxyParts {
  readonly config: TcpProxyConfig;
  /** Of the filter chain that it ends. */
  readonly chainName: string;
  /** Whether it speaks TLS with clients itself. */
  readonly endsTls: boolean;
  /** Whether it knows what name clients ask for in TLS. */
  readonly seesServerName: boolean;
  readonly stats: TcpProxyStats;
  /** Null: there is no time between two attempts to connect. */
  readonly backOff: ConnectBackOff | null;
}

/** The TCP proxy at the end of a filter chain on one worker (Envoy 1.40, source/common/tcp_proxy/tcp_proxy.cc). */
export class TcpProxy implements ConnectionServer {
  readonly simulator: Simulator;
  readonly worker: Worker;
  readonly parts: TcpProxyParts;
  closeConnection!: (connection: Connection, closing: Closing) => void;
  redirectsTo: string | null = null;
  drain: ListenerDrain | null = null;
  private readonly proxy: Proxy;

  constructor(proxy: Proxy, worker: Worker, parts: TcpProxyParts) {
    this.simulator = proxy.deps.simulator;
    this.proxy = proxy;
    this.worker = worker;
    this.parts = parts;
  }

  /** This worker's own draws. */
  get random(): Random64 {
    return this.worker.random;
  }

  open(connection: Connection, acceptedAt: Nanoseconds): TcpSession {
    this.parts.stats.downstreamCxTotal.value++;
    return new TcpSession(this, connection, acceptedAt);
  }

  /** It does nothing beside its connections. */
  goDown(): void {}

  // What sessions report

  /** `request`: on whose behalf, as far as the client's own first proxy knows; otherwise null. */
  attemptStarted(request: Request | null): void {
    const { tally, recorder } = this.proxy.deps;
    tally.count(tally.attempts, this.simulator.now);
    if (request !== null) recorder.attemptStarted(request);
  }

  /** `host`: number of the host's station, -1 where there was none. */
  attemptEnded(host: number, result: number): void {
    this.proxy.deps.recorder.attemptEnded(host, result);
  }

  retried(): void {
    const { tally } = this.proxy.deps;
    tally.count(tally.retries, this.simulator.now);
  }

  overflowed(): void {
    this.proxy.overflowed();
  }

  flagged(request: Request, flags: number): void {
    this.proxy.deps.recorder.flagged(request, flags);
  }

  logEnd(session: TcpSession): void {
    const { accessLog } = this.proxy.deps.recorder;
    accessLog?.(tcpLogRecord(session, this.simulator.now));
  }
}
