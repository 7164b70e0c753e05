import type { Simulator } from "../../../kernel/simulator.ts";
import type { Recorder } from "../../../telemetry/recorder.ts";
import type { ClientConnections } from "../../client-connections.ts";
import { ClientExchange } from "../../client-exchange.ts";
import type { Endpoints } from "../endpoints.ts";
import { type Call, isFailure, type Layer, type Step, type Waiting } from "./step.ts";

/** The innermost layer of a client: sends a request on one of its connections. */
export class Sending implements Layer {
  readonly simulator: Simulator;
  readonly recorder: Recorder;
  readonly connections: ClientConnections;
  /** Whether the target is a service: then each try is an attempt of its own. */
  readonly isDirect: boolean;
  /** Choose where a request goes; null: the connections do. */
  readonly endpoints: Endpoints | null;

  constructor(
    simulator: Simulator,
    recorder: Recorder,
    connections: ClientConnections,
    isDirect: boolean,
    endpoints: Endpoints | null,
  ) {
    this.simulator = simulator;
    this.recorder = recorder;
    this.connections = connections;
    this.isDirect = isDirect;
    this.endpoints = endpoints;
  }

  step(call: Call, waiting: Waiting): Step {
    return new Try(this, call, waiting);
  }
}

/** One try: a request on the wire. */
class Try extends ClientExchange implements Step {
  private readonly layer: Sending;
  private readonly waiting: Waiting;
  private endpoint = -1;

  constructor(layer: Sending, { request, head }: Call, waiting: Waiting) {
    super(request, head);
    this.layer = layer;
    this.waiting = waiting;
  }

  start(): void {
    const { recorder, connections, isDirect, endpoints, simulator } = this.layer;
    if (isDirect) recorder.attemptStarted(this.request);
    if (endpoints === null) {
      connections.send(this);
    } else {
      this.endpoint = endpoints.begin(simulator.now);
      connections.sendTo(this.endpoint, this);
    }
  }

  override over(status: number): void {
    const { endpoints, simulator } = this.layer;
    this.noteHost();
    endpoints?.ended(this.endpoint, isFailure(status), simulator.now);
    this.waiting.onEnd(status, this.connection !== null);
  }

  abandon(): void {
    this.noteHost();
    this.layer.connections.giveUp(this);
    this.layer.endpoints?.abandoned(this.endpoint);
  }

  private noteHost(): void {
    const { connection, request } = this;
    if (this.layer.isDirect && connection !== null) request.lastHost = connection.out.path.to.number;
  }
}
