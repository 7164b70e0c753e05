import type { Random64 } from "./random64.ts";
import { modulo64 } from "./stream64.ts";

interface Number64 {
  readonly high: number;
  readonly low: number;
}

/**
 * Gives the numbers of another Random64, of which those for one purpose can be looked at ahead: what was drawn while
 * peeking is kept, and comes again, in its order, when it is drawn in earnest (Envoy 1.40: `stashed_random_` of
 * LoadBalancerBase).
 */
export class Peeking64 implements Random64 {
  private readonly inner: Random64;
  private readonly purpose: string;
  private kept: Number64[] = [];
  private isPeeking = false;
  /** What `high` and `low` speak of: the inner one, or a number that was kept. */
  private last: Number64;

  constructor(inner: Random64, purpose: string) {
    this.inner = inner;
    this.purpose = purpose;
    this.last = inner;
  }

  /** How many numbers are kept. */
  get count(): number {
    return this.kept.length;
  }

  get high(): number {
    return this.last.high;
  }

  get low(): number {
    return this.last.low;
  }

  /** Does something with numbers that will be drawn later. */
  peek<T>(act: () => T): T {
    this.isPeeking = true;
    const result = act();
    this.isPeeking = false;
    return result;
  }

  /** What has been looked at will not come. */
  forget(): void {
    this.kept = [];
  }

  draw(purpose = ""): void {
    if (purpose === this.purpose && !this.isPeeking && this.kept.length > 0) {
      this.last = this.kept.shift()!;
      return;
    }
    const { inner } = this;
    inner.draw(purpose);
    this.last = inner;
    if (purpose === this.purpose && this.isPeeking) this.kept.push({ high: inner.high, low: inner.low });
  }

  mod(n: number, decides?: string): number {
    const { inner, last } = this;
    return last === inner ? inner.mod(n, decides) : modulo64(last.high, last.low, n);
  }
}
