import type { Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { RandomStream } from "../../random/random-stream.ts";
import type { Client } from "../../traffic/client.ts";

/** Sends the requests of a case, each from the client's template of the same position. */
export interface Sender {
  start(): void;
}

/** One request after the other: the next is sent some time after the end of the one before. */
export class SequentialSender implements Sender {
  private readonly simulator: Simulator;
  private readonly client: Client;
  private readonly random: RandomStream;
  private readonly gap: Nanoseconds;
  private readonly count: number;
  private position = 0;

  /** `onDone` is called when the last request has ended. */
  constructor(
    simulator: Simulator,
    client: Client,
    random: RandomStream,
    gap: Nanoseconds,
    count: number,
    onDone: () => void,
  ) {
    this.simulator = simulator;
    this.client = client;
    this.random = random;
    this.gap = gap;
    this.count = count;
    client.onUserFree = () => {
      if (this.position === this.count) onDone();
      else this.simulator.after(this.gap, sendNext, this);
    };
  }

  start(): void {
    this.simulator.at(0, sendNext, this);
  }

  sendNext(): void {
    const position = this.position++;
    this.client.request(this.random.uint32(), this.random.uint32(), 0, position);
  }
}

/** Every request at its own instant, whatever has become of the others. */
export class ConcurrentSender implements Sender {
  private readonly simulator: Simulator;
  private readonly client: Client;
  private readonly random: RandomStream;
  private readonly instants: readonly Nanoseconds[];
  private position = 0;
  private ended = 0;

  /** `instants` in ascending order; `onDone` is called when all requests have ended. */
  constructor(
    simulator: Simulator,
    client: Client,
    random: RandomStream,
    instants: readonly Nanoseconds[],
    onDone: () => void,
  ) {
    this.simulator = simulator;
    this.client = client;
    this.random = random;
    this.instants = instants;
    client.onUserFree = () => {
      if (++this.ended === this.instants.length) onDone();
    };
  }

  start(): void {
    for (const instant of this.instants) this.simulator.at(instant, sendOneMore, this);
  }

  sendOneMore(): void {
    const position = this.position++;
    this.client.request(this.random.uint32(), this.random.uint32(), position, position);
  }
}

function sendNext(sender: SequentialSender): void {
  sender.sendNext();
}

function sendOneMore(sender: ConcurrentSender): void {
  sender.sendOneMore();
}
