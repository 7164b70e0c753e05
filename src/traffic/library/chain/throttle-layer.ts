import type { Simulator } from "../../../kernel/simulator.ts";
import type { RandomStream } from "../../../random/random-stream.ts";
import { Outcome } from "../../../telemetry/outcome.ts";
import type { ClientThrottle } from "../client-throttle.ts";
import { type Call, isFailure, type Layer, type Step, type Waiting } from "./step.ts";

/** Refuses calls at the client as the backend refuses or fails them. */
export class ThrottleLayer implements Layer {
  readonly simulator: Simulator;
  readonly inner: Layer;
  readonly throttle: ClientThrottle;
  readonly random: RandomStream;

  constructor(simulator: Simulator, inner: Layer, throttle: ClientThrottle, random: RandomStream) {
    this.simulator = simulator;
    this.inner = inner;
    this.throttle = throttle;
    this.random = random;
  }

  step(call: Call, waiting: Waiting): Step {
    return new ThrottleStep(this, call, waiting);
  }
}

class ThrottleStep implements Step, Waiting {
  private readonly layer: ThrottleLayer;
  private readonly waiting: Waiting;
  private readonly inner: Step;

  constructor(layer: ThrottleLayer, call: Call, waiting: Waiting) {
    this.layer = layer;
    this.waiting = waiting;
    this.inner = layer.inner.step(call, this);
  }

  start(): void {
    const { throttle, simulator, random } = this.layer;
    const probability = throttle.probability(simulator.now);
    throttle.requested(simulator.now);
    if (probability > 0 && random.uniform() < probability) this.waiting.onEnd(Outcome.rejected, false);
    else this.inner.start();
  }

  onEnd(status: number, wasSent: boolean): void {
    if (!isFailure(status)) this.layer.throttle.accepted(this.layer.simulator.now);
    this.waiting.onEnd(status, wasSent);
  }

  abandon(): void {
    this.inner.abandon();
  }
}
