import type { Handle, Simulator } from "../../../kernel/simulator.ts";
import { type BackOff, type BackOffSettings, type DrawBelow, makeBackOff } from "../back-off.ts";
import type { RetryLimit } from "./retry-limit.ts";
import { type Call, isFailure, type Layer, type Step, type Waiting } from "./step.ts";

export interface RetrySettings {
  readonly backOff: BackOffSettings;
  /** Retry only what cannot have reached the other side, as Finagle's requeues do. */
  readonly unsentOnly: boolean;
}

/** Tries what is inside it again when it has failed. */
export class RetryLayer implements Layer {
  readonly simulator: Simulator;
  readonly inner: Layer;
  readonly settings: RetrySettings;
  readonly limit: RetryLimit;
  readonly drawBelow: DrawBelow;

  constructor(
    simulator: Simulator,
    inner: Layer,
    settings: RetrySettings,
    limit: RetryLimit,
    drawBelow: DrawBelow,
  ) {
    this.simulator = simulator;
    this.inner = inner;
    this.settings = settings;
    this.limit = limit;
    this.drawBelow = drawBelow;
  }

  step(call: Call, waiting: Waiting): Step {
    return new RetryStep(this, call, waiting);
  }
}

class RetryStep implements Step, Waiting {
  private readonly layer: RetryLayer;
  private readonly call: Call;
  private readonly waiting: Waiting;
  /** The try under way; null before and between tries. */
  private inner: Step | null = null;
  private timer: Handle = 0;
  private retriesLeft = 0;
  private taken = 0;
  private wasSent = false;
  private backOff: BackOff | null = null;

  constructor(layer: RetryLayer, call: Call, waiting: Waiting) {
    this.layer = layer;
    this.call = call;
    this.waiting = waiting;
  }

  start(): void {
    const { limit, simulator } = this.layer;
    this.retriesLeft = limit.mostRetries(simulator.now);
    this.try();
  }

  try(): void {
    this.timer = 0;
    this.inner = this.layer.inner.step(this.call, this);
    this.inner.start();
  }

  onEnd(status: number, wasSent: boolean): void {
    const { limit, simulator } = this.layer;
    this.inner = null;
    this.wasSent ||= wasSent;
    if (isFailure(status)) {
      if (this.mayRetry(status, wasSent)) {
        this.scheduleRetry();
        return;
      }
    } else {
      limit.succeeded(this.taken, simulator.now);
    }
    this.waiting.onEnd(status, this.wasSent);
  }

  abandon(): void {
    this.layer.simulator.cancel(this.timer);
    this.inner?.abandon();
  }

  private mayRetry(status: number, wasSent: boolean): boolean {
    const { limit, settings, simulator } = this.layer;
    if (this.retriesLeft <= 0 || (settings.unsentOnly && wasSent)) return false;
    const taken = limit.take(status, simulator.now);
    if (taken > 0) this.taken = taken;
    return taken > 0;
  }

  private scheduleRetry(): void {
    const { simulator, settings, drawBelow } = this.layer;
    this.retriesLeft--;
    this.backOff ??= makeBackOff(settings.backOff, drawBelow);
    this.timer = simulator.after(this.backOff.next(), tryAgain, this);
  }
}

function tryAgain(step: RetryStep): void {
  step.try();
}
