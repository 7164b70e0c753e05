import type { Request } from "../http/request.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { TimeWeighted } from "../statistics/time-weighted.ts";
import type { Observation } from "./observation.ts";

/** What is counted at one host. */
export class HostTally {
  /** Arrivals for requests that count, whenever they arrive. */
  requests = 0;
  /** Arrivals by bin of virtual time. */
  readonly arrivals: Float64Array;
  private readonly observation: Observation;
  private readonly busy: TimeWeighted;
  private readonly waiting: TimeWeighted;

  constructor(observation: Observation) {
    const { warmup, duration, bins } = observation;
    this.observation = observation;
    this.arrivals = new Float64Array(bins);
    this.busy = new TimeWeighted(warmup, duration);
    this.waiting = new TimeWeighted(warmup, duration);
  }

  arrived(request: Request, now: Nanoseconds): void {
    const { observation } = this;
    if (observation.counts(request.wantedAt)) this.requests++;
    if (now < observation.duration) this.arrivals[observation.binOf(now)]!++;
  }

  busyChanged(workers: number, now: Nanoseconds): void {
    this.busy.set(now, workers);
  }

  waitingChanged(requests: number, now: Nanoseconds): void {
    this.waiting.set(now, requests);
  }

  /** Worker-nanoseconds spent in service between warm-up and duration. */
  get busyTime(): number {
    return this.busy.integral(this.observation.duration);
  }

  /** Request-nanoseconds spent waiting between warm-up and duration. */
  get waitingTime(): number {
    return this.waiting.integral(this.observation.duration);
  }
}
