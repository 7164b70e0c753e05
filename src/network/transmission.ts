import type { Request } from "../http/request.ts";
import type { Handler, Simulator } from "../kernel/simulator.ts";
import { MILLISECOND, type Nanoseconds, SECOND, wholeNanoseconds } from "../kernel/time.ts";
import { LuckPurpose, luck } from "../random/luck.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { Direction } from "./connection.ts";
import type { Path } from "./path.ts";

/** First retransmission time-out of data and of connection attempts; each further one is twice as long. */
const DATA_TIMEOUT: Nanoseconds = 200 * MILLISECOND;
const CONNECT_TIMEOUT: Nanoseconds = SECOND;

/** Whose chance decides how a message travels: a request's own, or the network's for the rest. */
export type TransmissionLuck =
  | { readonly request: Request; readonly place: number; readonly visit: number; readonly isAnswer: boolean }
  | { readonly random: RandomStream };

/**
 * A message on a path that is not steady: latency is drawn, transmissions may be lost and are repeated after
 * 200 ms, 400 ms, 800 ms ... (connection attempts: 1 s, 2 s, 4 s ...), and what was sent behind a lost message
 * on the same connection waits for it, as in TCP. A cut loses every transmission while it holds.
 */
export class Transmission {
  private readonly simulator: Simulator;
  private readonly direction: Direction;
  private readonly bytes: number;
  private readonly chance: TransmissionLuck;
  private readonly deliver: () => void;
  private timeout: Nanoseconds;
  private transmissions = 0;

  constructor(
    simulator: Simulator,
    direction: Direction,
    bytes: number,
    chance: TransmissionLuck,
    isConnect: boolean,
    deliver: () => void,
  ) {
    this.simulator = simulator;
    this.direction = direction;
    this.bytes = bytes;
    this.chance = chance;
    this.timeout = isConnect ? CONNECT_TIMEOUT : DATA_TIMEOUT;
    this.deliver = deliver;
  }

  /** Sends it, or queues it behind a lost message of the same direction. */
  start(): void {
    if (this.direction.blocked !== null) this.direction.blocked.push(this);
    else this.transmit();
  }

  private transmit(): void {
    const { path } = this.direction;
    const lost = path.isCut || (path.loss > 0 && this.draw(LuckKind.loss, 0) < path.loss);
    this.transmissions++;
    if (lost) {
      this.direction.blocked ??= [];
      this.simulator.after(this.timeout, retransmit, this);
      this.timeout *= 2;
      return;
    }
    const arrival = Math.max(this.departure(path) + this.latency(path), this.direction.lastArrival);
    this.direction.lastArrival = arrival;
    this.simulator.at(arrival, deliver, this);
    this.unblock();
  }

  private unblock(): void {
    const waiting = this.direction.blocked;
    this.direction.blocked = null;
    for (const next of waiting ?? []) next.start();
  }

  /** When the last byte leaves: messages share the path's bandwidth in the order in which they are sent. */
  private departure(path: Path): Nanoseconds {
    const { now } = this.simulator;
    if (path.bandwidth === Number.POSITIVE_INFINITY) return now;
    path.freeAt = Math.max(now, path.freeAt) + wholeNanoseconds((this.bytes / path.bandwidth) * SECOND);
    return path.freeAt;
  }

  private latency(path: Path): Nanoseconds {
    let latency = path.latency.constant ?? path.latency.quantile(this.draw(LuckKind.latency, 0));
    path.addedLatencies.forEach((added, index) => {
      latency += added.constant ?? added.quantile(this.draw(LuckKind.latency, index + 1));
    });
    return wholeNanoseconds(latency);
  }

  /** Uniform; `index` tells the draws of one transmission apart. */
  private draw(kind: LuckKind, index: number): number {
    const { chance } = this;
    if ("random" in chance) return chance.random.uniform();
    const { request, place, visit, isAnswer } = chance;
    const ordinal = (visit * 64 + this.transmissions) * 8 + index;
    return luck(request.keyHigh, request.keyLow, place, ordinal, purposes[kind][isAnswer ? 1 : 0]);
  }

  static retransmit(transmission: Transmission): void {
    transmission.transmit();
  }

  static deliver(transmission: Transmission): void {
    transmission.deliver();
  }
}

const LuckKind = { latency: 0, loss: 1 } as const;
type LuckKind = (typeof LuckKind)[keyof typeof LuckKind];
const purposes = [
  [LuckPurpose.latencyOut, LuckPurpose.latencyBack],
  [LuckPurpose.lossOut, LuckPurpose.lossBack],
] as const;

const retransmit: Handler<Transmission> = Transmission.retransmit;
const deliver: Handler<Transmission> = Transmission.deliver;
