/** At most so many calls at a time; one too many is refused. `threads` adds a pool's queue (Hystrix). */
export interface BulkheadSettings {
  readonly size: number;
  /** Calls that may wait for a thread; 0: none, as with Hystrix's semaphore and its pool without a queue. */
  readonly queue: number;
  /** With a queue: from so many waiting calls on, further ones are refused even where a thread is free. */
  readonly queueRejection: number;
}

/** Whoever waits in the queue of a bulkhead. */
export interface Queued {
  /** A thread is free for it. */
  onAdmitted(): void;
}

export type Admission = "runs" | "waits" | "refused";

/**
 * Hystrix's isolation of a dependency: a semaphore, or a thread pool with or without a queue, in which the call
 * that has waited longest gets the next free thread.
 */
export class Bulkhead {
  private readonly settings: BulkheadSettings;
  private readonly waiting: Queued[] = [];
  private busy = 0;

  constructor(settings: BulkheadSettings) {
    this.settings = settings;
  }

  get running(): number {
    return this.busy;
  }

  get queued(): number {
    return this.waiting.length;
  }

  enter(call: Queued): Admission {
    const { size, queue, queueRejection } = this.settings;
    if (queue > 0 && this.waiting.length >= queueRejection) return "refused";
    if (this.busy < size) {
      this.busy++;
      return "runs";
    }
    if (this.waiting.length >= queue) return "refused";
    this.waiting.push(call);
    return "waits";
  }

  /** A call that ran has ended. */
  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.busy--;
    else next.onAdmitted();
  }

  /** A call that waits does not want to any longer. */
  withdraw(call: Queued): void {
    this.waiting.splice(this.waiting.indexOf(call), 1);
  }
}
