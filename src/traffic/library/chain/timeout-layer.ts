import type { Handle, Simulator } from "../../../kernel/simulator.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";
import { Outcome } from "../../../telemetry/outcome.ts";
import type { Call, Layer, Step, Waiting } from "./step.ts";

/** Gives up what is inside it after some time. */
export class TimeoutLayer implements Layer {
  readonly simulator: Simulator;
  readonly inner: Layer;
  readonly after: Nanoseconds;

  constructor(simulator: Simulator, inner: Layer, after: Nanoseconds) {
    this.simulator = simulator;
    this.inner = inner;
    this.after = after;
  }

  step(call: Call, waiting: Waiting): Step {
    return new TimeoutStep(this, call, waiting);
  }
}

class TimeoutStep implements Step, Waiting {
  private readonly layer: TimeoutLayer;
  private readonly waiting: Waiting;
  private readonly inner: Step;
  private timer: Handle = 0;

  constructor(layer: TimeoutLayer, call: Call, waiting: Waiting) {
    this.layer = layer;
    this.waiting = waiting;
    this.inner = layer.inner.step(call, this);
  }

  start(): void {
    this.timer = this.layer.simulator.timeout(this.layer.after, timedOut, this);
    this.inner.start();
  }

  onEnd(status: number, wasSent: boolean): void {
    this.layer.simulator.cancel(this.timer);
    this.waiting.onEnd(status, wasSent);
  }

  onTimeout(): void {
    this.inner.abandon();
    this.waiting.onEnd(Outcome.timeout, true);
  }

  abandon(): void {
    this.layer.simulator.cancel(this.timer);
    this.inner.abandon();
  }
}

function timedOut(step: TimeoutStep): void {
  step.onTimeout();
}
