import { Request } from "../../http/request.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { Handle, Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Connection, ConnectionOwner } from "../../network/connection.ts";
import { Stream } from "../../network/stream.ts";
import type { RandomStream } from "../../random/random-stream.ts";
import type { TcpRequest } from "./probe-case.ts";
import type { ProbedRequest, TcpOutcome } from "./recording.ts";
import type { Sender } from "./sender.ts";

/** When the connections of a case are opened: each so long after the end of the one before, or each at its instant. */
export type TcpOrder =
  | { readonly mode: "sequential"; readonly gap: Nanoseconds }
  | { readonly mode: "concurrent"; readonly instants: readonly Nanoseconds[] };

/** Opens the connection of a request; the owner hears of it. */
export type OpenTcp = (owner: ConnectionOwner, tcp: TcpRequest) => Connection;

/** Makes one connection for each request of a case, all with a line to be answered. */
export class TcpSender implements Sender {
  readonly simulator: Simulator;
  readonly open: OpenTcp;
  private readonly sent: readonly ProbedRequest[];
  private readonly random: RandomStream;
  private readonly order: TcpOrder;
  private readonly onDone: () => void;
  private position = 0;
  private done = 0;

  /** `sent` in the order of sending; `onDone` is called when the last connection has ended. */
  constructor(
    simulator: Simulator,
    open: OpenTcp,
    sent: readonly ProbedRequest[],
    random: RandomStream,
    order: TcpOrder,
    onDone: () => void,
  ) {
    this.simulator = simulator;
    this.open = open;
    this.sent = sent;
    this.random = random;
    this.order = order;
    this.onDone = onDone;
  }

  start(): void {
    const instants = this.order.mode === "sequential" ? [0] : this.order.instants;
    for (const instant of instants) this.simulator.at(instant, openNext, this);
  }

  openNext(): void {
    const { simulator, random } = this;
    const position = this.position++;
    const request = new Request(0, position, simulator.now, random.uint32(), random.uint32());
    new ProbedConnection(this, this.sent[position]!, request).start();
  }

  ended(): void {
    if (++this.done === this.sent.length) this.onDone();
    else if (this.order.mode === "sequential") this.simulator.after(this.order.gap, openNext, this);
  }
}

/** The line that a client sends and the answer that it waits for. */
class ProbedExchange extends Stream {
  private readonly of: ProbedConnection;

  constructor(of: ProbedConnection, request: Request, head: RequestHead) {
    super(request, head, true);
    this.of = of;
  }

  override onResponse(): void {
    this.of.onAnswer();
  }

  /** The connection hears of its end as well. */
  override onReset(): void {}
}

class ProbedConnection implements ConnectionOwner {
  private readonly sender: TcpSender;
  private readonly probed: ProbedRequest;
  private readonly tcp: TcpRequest;
  private readonly request: Request;
  private connection!: Connection;
  private openedAt: Nanoseconds = 0;
  private outcome: Partial<TcpOutcome> = {};
  /** Until the client gives up waiting, then until it closes the connection. */
  private timer: Handle = 0;

  constructor(sender: TcpSender, probed: ProbedRequest, request: Request) {
    this.sender = sender;
    this.probed = probed;
    this.tcp = probed.request.tcp!;
    this.request = request;
  }

  start(): void {
    const { simulator } = this.sender;
    this.openedAt = simulator.now;
    this.timer = simulator.timeout(this.tcp.patience, waitedEnough, this);
    this.connection = this.sender.open(this, this.tcp);
    this.connection.cause = this.request;
    this.connection.proxyHeader = this.tcp.proxyHeader;
    this.connection.hello = this.tcp.hello;
  }

  onConnected(): void {
    const { method, authority, path, headers, bodyBytes } = this.probed.request;
    const head = { method, scheme: "", authority, path, headers, bodyBytes };
    this.connection.send(new ProbedExchange(this, this.request, head));
  }

  onAnswer(): void {
    const { simulator } = this.sender;
    simulator.cancel(this.timer);
    this.outcome = { reply: "answer", firstAfter: this.elapsed };
    if (this.tcp.hold === 0) this.end(null);
    else this.timer = simulator.timeout(this.tcp.hold, heldEnough, this);
  }

  onPatienceOver(): void {
    this.outcome = { reply: "none", firstAfter: this.elapsed };
    this.end(null);
  }

  onHoldOver(): void {
    this.end("client");
  }

  onConnectionClosed(): void {
    this.sender.simulator.cancel(this.timer);
    const hasAnswer = this.outcome.reply === "answer";
    if (!hasAnswer) this.outcome = { reply: "closed", firstAfter: this.elapsed };
    this.end(hasAnswer ? "proxy" : null);
  }

  onConnectionRefused(): void {
    this.onConnectionClosed();
  }

  onGoAway(): void {}

  private get elapsed(): Nanoseconds {
    return this.sender.simulator.now - this.openedAt;
  }

  private end(closedBy: TcpOutcome["closedBy"]): void {
    const { reply, firstAfter } = this.outcome;
    this.connection.close();
    this.probed.tcp = { reply: reply!, firstAfter: firstAfter!, closedBy, closedAfter: this.elapsed };
    this.sender.ended();
  }
}

function openNext(sender: TcpSender): void {
  sender.openNext();
}

function waitedEnough(connection: ProbedConnection): void {
  connection.onPatienceOver();
}

function heldEnough(connection: ProbedConnection): void {
  connection.onHoldOver();
}
