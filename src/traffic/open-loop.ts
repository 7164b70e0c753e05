import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { ArrivalProcess } from "./arrivals/arrival-process.ts";
import type { Client } from "./client.ts";

/** Arrivals that do not depend on answers. */
export class OpenLoop {
  private readonly simulator: Simulator;
  private readonly client: Client;
  private readonly arrivals: ArrivalProcess;
  private readonly random: RandomStream;
  private readonly end: Nanoseconds;

  /** Traffic stops at `end`. */
  constructor(
    simulator: Simulator,
    client: Client,
    arrivals: ArrivalProcess,
    random: RandomStream,
    end: Nanoseconds,
  ) {
    this.simulator = simulator;
    this.client = client;
    this.arrivals = arrivals;
    this.random = random;
    this.end = end;
  }

  scheduleNext(): void {
    const time = this.arrivals.next();
    if (time < this.end) this.simulator.at(time, arrive, this);
  }

  arrive(): void {
    this.scheduleNext();
    this.client.request(this.random.uint32(), this.random.uint32());
  }
}

function arrive(loop: OpenLoop): void {
  loop.arrive();
}
