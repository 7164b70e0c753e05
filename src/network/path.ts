import type { Lane, Simulator } from "../kernel/simulator.ts";
import { type Nanoseconds, wholeNanoseconds } from "../kernel/time.ts";
import type { Distribution } from "../random/distributions/distribution.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { Station } from "./station.ts";

/** What a link of the scenario does to messages. */
export interface Link {
  readonly latency: Distribution;
  /** Share of transmissions that are lost. */
  readonly loss: number;
  /** Bytes a second; Infinity: unlimited. */
  readonly bandwidth: number;
}

/** What a fault changes on a link while it holds. */
export interface LinkEffect {
  /** Replaces the latency; the last that began wins. */
  readonly latency: Distribution | undefined;
  /** Comes on top; several add up. */
  readonly addLatency: Distribution | undefined;
  /** Joins the link's own loss, independently of it. */
  readonly loss: number;
  readonly isCut: boolean;
}

/** One direction between two stations: the link that fits them and the faults on it. */
export class Path {
  readonly from: Station;
  readonly to: Station;
  /** The latency of every message where it is constant and nothing is lost or slowed; otherwise NaN. */
  steadyLatency: Nanoseconds = Number.NaN;
  /** Takes messages of the steady latency. */
  lane: Lane;
  latency: Distribution;
  addedLatencies: readonly Distribution[] = [];
  loss = 0;
  isCut = false;
  readonly bandwidth: number;
  /** With limited bandwidth: when the last byte put on the path so far has left. */
  freeAt: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Made when first needed. */
  random: RandomStream | null = null;
  private readonly simulator: Simulator;
  private readonly link: Link;
  private readonly effects: LinkEffect[] = [];

  constructor(simulator: Simulator, from: Station, to: Station, link: Link) {
    this.simulator = simulator;
    this.from = from;
    this.to = to;
    this.link = link;
    this.latency = link.latency;
    this.bandwidth = link.bandwidth;
    this.lane = simulator.lane(0);
    this.recompute();
  }

  add(effect: LinkEffect): void {
    this.effects.push(effect);
    this.recompute();
  }

  remove(effect: LinkEffect): void {
    this.effects.splice(this.effects.indexOf(effect), 1);
    this.recompute();
  }

  private recompute(): void {
    const { link, effects } = this;
    this.latency = effects.findLast((effect) => effect.latency !== undefined)?.latency ?? link.latency;
    this.addedLatencies = effects.flatMap((effect) => effect.addLatency ?? []);
    this.isCut = effects.some((effect) => effect.isCut);
    this.loss = 1 - effects.reduce((kept, effect) => kept * (1 - effect.loss), 1 - link.loss);
    const isSteady =
      this.latency.constant !== undefined &&
      this.addedLatencies.length === 0 &&
      this.loss === 0 &&
      !this.isCut &&
      this.bandwidth === Number.POSITIVE_INFINITY;
    this.steadyLatency = isSteady ? wholeNanoseconds(this.latency.constant!) : Number.NaN;
    if (isSteady) this.lane = this.simulator.lane(this.steadyLatency);
  }
}
