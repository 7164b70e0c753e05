import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { Client } from "./client.ts";

const NO_USER = -1;

/** Requests at given instants, each from the client's template of the same position. */
export class Trace {
  private readonly simulator: Simulator;
  private readonly client: Client;
  private readonly instants: readonly Nanoseconds[];
  private readonly random: RandomStream;
  private readonly end: Nanoseconds;
  private position = 0;

  /** `instants` in ascending order; traffic stops at `end`. */
  constructor(
    simulator: Simulator,
    client: Client,
    instants: readonly Nanoseconds[],
    random: RandomStream,
    end: Nanoseconds,
  ) {
    this.simulator = simulator;
    this.client = client;
    this.instants = instants;
    this.random = random;
    this.end = end;
  }

  scheduleNext(): void {
    const instant = this.instants[this.position];
    if (instant !== undefined && instant < this.end) this.simulator.at(instant, ask, this);
  }

  ask(): void {
    const template = this.position++;
    this.scheduleNext();
    this.client.request(this.random.uint32(), this.random.uint32(), NO_USER, template);
  }
}

function ask(trace: Trace): void {
  trace.ask();
}
