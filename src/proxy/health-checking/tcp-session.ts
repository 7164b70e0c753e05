import type { RequestHead } from "../../http/request-head.ts";
import type { Connection, ConnectionOwner } from "../../network/connection.ts";
import { CheckSession, type SessionDeps } from "./check-session.ts";
import { type CheckSender, CheckStream } from "./check-stream.ts";
import type { HostHealth } from "./host-health.ts";
import type { CheckTransport } from "./http-session.ts";

/** Bytes that are no HTTP: a receiver of HTTP sees it by the missing method. */
const BYTES: RequestHead = Object.freeze({
  method: "",
  scheme: "",
  authority: "",
  path: "",
  headers: new Map(),
  bodyBytes: 1,
});

/**
 * Checks whether a host accepts a TCP connection and, if an answer is wanted, whether it answers
 * (Envoy 1.40, source/extensions/health_checkers/tcp/health_checker_impl.cc). A host that answers with an error
 * sends what is not wanted, and the check waits on.
 */
export class TcpSession extends CheckSession implements ConnectionOwner, CheckSender {
  private readonly transport: CheckTransport;
  private readonly wantsAnswer: boolean;
  private connection: Connection | null = null;
  private isConnected = false;
  private stream: CheckStream | null = null;

  constructor(health: HostHealth, deps: SessionDeps, transport: CheckTransport, wantsAnswer: boolean) {
    super(health, deps);
    this.transport = transport;
    this.wantsAnswer = wantsAnswer;
  }

  protected override send(): void {
    if (this.connection === null) {
      this.isConnected = false;
      this.connection = this.transport.connect(this);
    }
    if (!this.wantsAnswer) return;
    this.stream = new CheckStream(this, this.transport.newRequest(), BYTES);
    if (this.isConnected) this.connection.send(this.stream);
  }

  onConnected(connection: Connection): void {
    this.isConnected = true;
    if (this.stream !== null) {
      connection.send(this.stream);
    } else {
      this.close();
      this.passed(false);
    }
  }

  /** Said in HTTP/2 only. */
  onGoAway(): void {}

  onConnectionRefused(): void {
    this.broken();
  }

  /** Also between two checks this is a failure. */
  onConnectionClosed(): void {
    this.broken();
  }

  onAnswer(stream: CheckStream): void {
    this.connection!.release(stream);
    if (stream.status !== 200) return;
    this.stream = null;
    this.passed(false);
    if (!this.deps.options.reuseConnection) this.close();
  }

  /** The connection says the same. */
  onReset(): void {}

  private broken(): void {
    this.connection = null;
    this.stream = null;
    this.failed("NETWORK");
  }

  protected override giveUp(): void {
    this.close();
  }

  protected override close(): void {
    const { connection } = this;
    this.connection = null;
    this.stream = null;
    if (connection === null) return;
    for (const stream of [...connection.streams]) connection.reset(stream);
    connection.close();
  }
}
