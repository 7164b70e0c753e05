import type { Simulator } from "../../../kernel/simulator.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";
import { Outcome } from "../../../telemetry/outcome.ts";
import type { WindowBreaker } from "../window-breaker.ts";
import { type Call, isFailure, type Layer, type Step, type Waiting } from "./step.ts";

/** resilience4j's circuit breaker around what is inside it. */
export class BreakerLayer implements Layer {
  readonly simulator: Simulator;
  readonly inner: Layer;
  readonly breaker: WindowBreaker;

  constructor(simulator: Simulator, inner: Layer, breaker: WindowBreaker) {
    this.simulator = simulator;
    this.inner = inner;
    this.breaker = breaker;
  }

  step(call: Call, waiting: Waiting): Step {
    return new BreakerStep(this, call, waiting);
  }
}

class BreakerStep implements Step, Waiting {
  private readonly layer: BreakerLayer;
  private readonly waiting: Waiting;
  private readonly inner: Step;
  private begunAt: Nanoseconds = 0;

  constructor(layer: BreakerLayer, call: Call, waiting: Waiting) {
    this.layer = layer;
    this.waiting = waiting;
    this.inner = layer.inner.step(call, this);
  }

  start(): void {
    const { breaker, simulator } = this.layer;
    this.begunAt = simulator.now;
    if (breaker.attempt(simulator.now)) this.inner.start();
    else this.waiting.onEnd(Outcome.rejected, false);
  }

  onEnd(status: number, wasSent: boolean): void {
    const { now } = this.layer.simulator;
    this.layer.breaker.ended(isFailure(status), now - this.begunAt, now);
    this.waiting.onEnd(status, wasSent);
  }

  abandon(): void {
    this.layer.breaker.releasePermission();
    this.inner.abandon();
  }
}
