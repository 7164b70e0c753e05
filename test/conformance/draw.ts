import type { RandomStream } from "../../src/random/random-stream.ts";

/** What generators of cases draw from a stream. */
export class Draw {
  private readonly stream: RandomStream;

  constructor(stream: RandomStream) {
    this.stream = stream;
  }

  chance(probability: number): boolean {
    return this.stream.uniform() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.stream.uniform() * (most - least + 1));
  }

  uint32(): number {
    return this.stream.uint32();
  }

  /** Throws a RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("there is nothing to pick from");
    return list[this.whole(0, list.length - 1)]!;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.whole(0, i);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }

  /** `count` different entries, in a random order; all where there are fewer. */
  some<T>(list: readonly T[], count: number): T[] {
    return this.shuffled(list).slice(0, count);
  }

  /** The value with the given probability; otherwise nothing, to be spread into an object. */
  maybe<T extends object>(probability: number, value: () => T): T | Record<never, never> {
    return this.chance(probability) ? value() : {};
  }

  list<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}
