import type { Random64 } from "./random64.ts";

/** One number drawn, and what was made of it. */
export interface Draw {
  /** Whose draws these are, such as `worker/0`. */
  readonly stream: string;
  /** What it was drawn for; empty where the drawer does not say. */
  readonly purpose: string;
  readonly high: number;
  readonly low: number;
  /** In their order; a number may be reduced more than once, or not at all. */
  readonly reductions: Reduction[];
}

export interface Reduction {
  readonly modulus: number;
  readonly result: number;
  /** What the result decides; empty where it is what the number was drawn for. */
  readonly decides: string;
}

/** Gathers the draws of several streams in their order, while somebody wants them. */
export class DrawLog {
  #draws: Draw[] | null = null;

  /** Begins anew; what was gathered is forgotten. */
  start(): void {
    this.#draws = [];
  }

  /** The draws since `start`; from now on none are gathered. */
  stop(): readonly Draw[] {
    const draws = this.#draws ?? [];
    this.#draws = null;
    return draws;
  }

  get isOn(): boolean {
    return this.#draws !== null;
  }

  note(draw: Draw): void {
    this.#draws?.push(draw);
  }
}

/** Gives the numbers of another Random64, and tells a log of each and of what becomes of it. */
export class Recording64 implements Random64 {
  readonly #stream: string;
  readonly #inner: Random64;
  readonly #log: DrawLog;
  #last: Draw | null = null;

  constructor(stream: string, inner: Random64, log: DrawLog) {
    this.#stream = stream;
    this.#inner = inner;
    this.#log = log;
  }

  get high(): number {
    return this.#inner.high;
  }

  get low(): number {
    return this.#inner.low;
  }

  draw(purpose = ""): void {
    const inner = this.#inner;
    inner.draw(purpose);
    this.#last = null;
    if (!this.#log.isOn) return;
    this.#last = { stream: this.#stream, purpose, high: inner.high, low: inner.low, reductions: [] };
    this.#log.note(this.#last);
  }

  mod(n: number, decides = ""): number {
    const result = this.#inner.mod(n, decides);
    this.#last?.reductions.push({ modulus: n, result, decides });
    return result;
  }
}
