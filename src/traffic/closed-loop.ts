import type { Simulator } from "../kernel/simulator.ts";
import { type Nanoseconds, wholeNanoseconds } from "../kernel/time.ts";
import type { Distribution } from "../random/distributions/distribution.ts";
import { LuckPurpose, luck } from "../random/luck.ts";
import type { Client } from "./client.ts";

const TWO_TO_32 = 0x1_0000_0000;

/** A user of a closed loop: thinks, asks, waits for the answer, thinks again. */
class User {
  readonly loop: ClosedLoop;
  readonly index: number;
  /** How many requests it has made. */
  turns = 0;

  constructor(loop: ClosedLoop, index: number) {
    this.loop = loop;
    this.index = index;
  }
}

/**
 * A fixed number of users, each with at most one request under way. Think times and keys derive from (user,
 * ordinal), so that variants see the same users however long the answers take.
 */
export class ClosedLoop {
  private readonly simulator: Simulator;
  private readonly client: Client;
  private readonly think: Distribution;
  private readonly keyHigh: number;
  private readonly keyLow: number;
  private readonly end: Nanoseconds;
  private readonly users: User[];

  /** The key is that of the client; traffic stops at `end`. */
  constructor(
    simulator: Simulator,
    client: Client,
    users: number,
    think: Distribution,
    keyHigh: number,
    keyLow: number,
    end: Nanoseconds,
  ) {
    this.simulator = simulator;
    this.client = client;
    this.think = think;
    this.keyHigh = keyHigh;
    this.keyLow = keyLow;
    this.end = end;
    this.users = Array.from({ length: users }, (_, index) => new User(this, index));
    client.onUserFree = (user) => this.thinkThenAsk(this.users[user]!);
  }

  start(): void {
    for (const user of this.users) this.thinkThenAsk(user);
  }

  ask(user: User): void {
    const { keyHigh, keyLow } = this;
    const ordinal = user.turns++;
    const high = luck(keyHigh, keyLow, user.index, ordinal, LuckPurpose.keyHigh);
    const low = luck(keyHigh, keyLow, user.index, ordinal, LuckPurpose.keyLow);
    this.client.request(Math.trunc(high * TWO_TO_32), Math.trunc(low * TWO_TO_32), user.index);
  }

  private thinkThenAsk(user: User): void {
    const u = luck(this.keyHigh, this.keyLow, user.index, user.turns, LuckPurpose.think);
    const time = this.simulator.now + wholeNanoseconds(this.think.constant ?? this.think.quantile(u));
    if (time < this.end) this.simulator.at(time, ask, user);
  }
}

function ask(user: User): void {
  user.loop.ask(user);
}
