import type { Counter, Stats } from "../telemetry/stats.ts";

/** `downstream_rq_completed` and `downstream_rq_1xx` to `5xx`, by the code that was sent. */
export class DownstreamCodes {
  private readonly completed: Counter;
  private readonly classes: readonly Counter[];

  constructor(stats: Stats, prefix: string) {
    this.completed = stats.counter(`${prefix}downstream_rq_completed`);
    this.classes = [1, 2, 3, 4, 5].map((digit) => stats.counter(`${prefix}downstream_rq_${digit}xx`));
  }

  charge(status: number): void {
    this.completed.value++;
    const counter = this.classes[Math.trunc(status / 100) - 1];
    if (counter !== undefined) counter.value++;
  }
}
