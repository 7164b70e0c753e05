import type { Handle, Simulator } from "../../../kernel/simulator.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";
import { Outcome } from "../../../telemetry/outcome.ts";
import type { Bulkhead, Queued } from "../bulkhead.ts";
import type { HystrixBreaker } from "../hystrix-breaker.ts";
import { type Call, isFailure, type Layer, type Step, type Waiting } from "./step.ts";

/** A Hystrix command: breaker, then bulkhead, under one timeout that counts waiting too. It has no fallback. */
export class HystrixLayer implements Layer {
  readonly simulator: Simulator;
  readonly inner: Layer;
  readonly breaker: HystrixBreaker;
  readonly bulkhead: Bulkhead;
  readonly timeout: Nanoseconds;

  constructor(
    simulator: Simulator,
    inner: Layer,
    breaker: HystrixBreaker,
    bulkhead: Bulkhead,
    timeout: Nanoseconds,
  ) {
    this.simulator = simulator;
    this.inner = inner;
    this.breaker = breaker;
    this.bulkhead = bulkhead;
    this.timeout = timeout;
  }

  step(call: Call, waiting: Waiting): Step {
    return new HystrixStep(this, call, waiting);
  }
}

class HystrixStep implements Step, Waiting, Queued {
  private readonly layer: HystrixLayer;
  private readonly waiting: Waiting;
  private readonly inner: Step;
  private place: "outside" | "queue" | "admitted" | "running" = "outside";
  private timer: Handle = 0;

  constructor(layer: HystrixLayer, call: Call, waiting: Waiting) {
    this.layer = layer;
    this.waiting = waiting;
    this.inner = layer.inner.step(call, this);
  }

  start(): void {
    const { breaker, bulkhead, simulator, timeout } = this.layer;
    if (!breaker.attempt(simulator.now)) {
      this.waiting.onEnd(Outcome.rejected, false);
      return;
    }
    const admission = bulkhead.enter(this);
    if (admission === "refused") {
      this.end(Outcome.rejected, false);
      return;
    }
    this.timer = simulator.timeout(timeout, timedOut, this);
    if (admission === "waits") this.place = "queue";
    else this.run();
  }

  /** A thread takes it up in an event of its own: whoever has just ended must have tidied up first. */
  onAdmitted(): void {
    this.place = "admitted";
    this.layer.simulator.after(0, run, this);
  }

  runIfWanted(): void {
    if (this.place === "admitted") this.run();
  }

  onEnd(status: number, wasSent: boolean): void {
    this.place = "outside";
    this.layer.simulator.cancel(this.timer);
    this.layer.bulkhead.leave();
    this.end(status, wasSent);
  }

  onTimeout(): void {
    const wasSent = this.place === "running";
    this.giveUp();
    this.end(Outcome.timeout, wasSent);
  }

  abandon(): void {
    this.layer.simulator.cancel(this.timer);
    this.giveUp();
    this.layer.breaker.markNonSuccess(this.layer.simulator.now);
  }

  private run(): void {
    this.place = "running";
    this.inner.start();
  }

  /** A worker that is interrupted ends at once. */
  private giveUp(): void {
    const { place } = this;
    this.place = "outside";
    if (place === "running") this.inner.abandon();
    if (place === "queue") this.layer.bulkhead.withdraw(this);
    else this.layer.bulkhead.leave();
  }

  private end(status: number, wasSent: boolean): void {
    const { breaker, simulator } = this.layer;
    const isError = isFailure(status);
    breaker.count(isError, simulator.now);
    if (isError) breaker.markNonSuccess(simulator.now);
    else breaker.markSuccess(simulator.now);
    this.waiting.onEnd(status, wasSent);
  }
}

function run(step: HystrixStep): void {
  step.runIfWanted();
}

function timedOut(step: HystrixStep): void {
  step.onTimeout();
}
