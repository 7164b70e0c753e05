import type { Request } from "../../http/request.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { Connection, ConnectionOwner } from "../../network/connection.ts";
import { CheckSession, type SessionDeps } from "./check-session.ts";
import { type CheckSender, CheckStream } from "./check-stream.ts";
import type { HostHealth } from "./host-health.ts";
import { gRPCVerdict, httpVerdict, type Verdict } from "./verdict.ts";

/** How a session reaches its host. */
export interface CheckTransport {
  /** Opens a connection to where the host is checked. */
  connect(owner: ConnectionOwner): Connection;
  /** A new identity for the next check. */
  newRequest(): Request;
}

/**
 * Checks a host by HTTP or gRPC requests on a connection of its own (Envoy 1.40,
 * source/extensions/health_checkers/{http,grpc}/health_checker_impl.cc).
 */
export class HttpSession extends CheckSession implements ConnectionOwner, CheckSender {
  private readonly transport: CheckTransport;
  private readonly head: RequestHead;
  private readonly isGrpc: boolean;
  private connection: Connection | null = null;
  private isConnected = false;
  /** The host wants no further checks on the connection. */
  private isLeaving = false;
  /** The check that runs. */
  private stream: CheckStream | null = null;

  constructor(health: HostHealth, deps: SessionDeps, transport: CheckTransport, head: RequestHead) {
    super(health, deps);
    this.transport = transport;
    this.head = head;
    this.isGrpc = deps.options.check.kind === "GRPC";
  }

  protected override send(): void {
    this.stream = new CheckStream(this, this.transport.newRequest(), this.head);
    if (this.connection === null) {
      this.isConnected = false;
      this.isLeaving = false;
      this.connection = this.transport.connect(this);
    } else if (this.isConnected) {
      this.connection.send(this.stream);
    }
  }

  onConnected(connection: Connection): void {
    this.isConnected = true;
    if (this.stream !== null) connection.send(this.stream);
  }

  onConnectionRefused(): void {
    this.connection = null;
    this.broken();
  }

  onConnectionClosed(): void {
    this.connection = null;
    // Between two checks it does not matter: the next one opens another.
    if (this.stream !== null) this.broken();
  }

  onGoAway(): void {
    if (this.stream === null) this.closeConnection();
    else this.isLeaving = true;
  }

  onAnswer(stream: CheckStream): void {
    // What is wrong with the status is known before the end of the answer, but only gRPC does not wait for it.
    if (!stream.isResponseComplete && !(this.isGrpc && stream.status !== 200)) return;
    this.stream = null;
    const connection = this.connection!;
    if (stream.isResponseComplete) connection.release(stream);
    else connection.reset(stream);
    this.conclude(this.verdictOf(stream));
    if (!this.deps.options.reuseConnection || this.isLeaving || asksToClose(stream)) this.close();
  }

  onReset(): void {
    if (this.isConnected && !this.deps.options.reuseConnection) this.closeConnection();
    this.broken();
  }

  protected override giveUp(): void {
    const { stream, connection } = this;
    this.stream = null;
    // gRPC keeps its connection, HTTP does not.
    if (!this.isGrpc || !this.deps.options.reuseConnection) this.closeConnection();
    else if (this.isConnected && stream !== null) connection?.reset(stream);
  }

  protected override close(): void {
    this.stream = null;
    this.closeConnection();
  }

  private verdictOf(stream: CheckStream): Verdict {
    const { options, stats } = this.deps;
    return options.check.kind === "HTTP"
      ? httpVerdict(options.check, stream, this.health.host, stats)
      : gRPCVerdict(stream);
  }

  private conclude({ passes, isDegraded, isRetriable, httpStatus }: Verdict): void {
    if (passes) this.passed(isDegraded);
    else this.failed("ACTIVE", isRetriable, httpStatus);
  }

  private broken(): void {
    this.stream = null;
    this.failed("NETWORK");
  }

  /** Streams on it are given up without a word. */
  private closeConnection(): void {
    const { connection } = this;
    this.connection = null;
    if (connection === null) return;
    for (const stream of [...connection.streams]) connection.reset(stream);
    connection.close();
  }
}

function asksToClose({ connection, closesConnection, responseHeaders }: CheckStream): boolean {
  const says = closesConnection || responseHeaders.get("connection")?.toLowerCase() === "close";
  return connection!.protocol === "http1" && says;
}
